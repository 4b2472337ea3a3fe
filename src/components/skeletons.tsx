import type { ReactNode } from 'react';
import { Panel, Skeleton } from './layout';

/** The forms of the pages of one thing, so that nothing jumps when it comes. */
const Reading = ({ children }: { readonly children: ReactNode }) => (
  <div role="status" aria-label="Reading…" className="flex flex-col gap-3">
    {children}
  </div>
);

const Lines = ({ count }: { readonly count: number }) => (
  <div className="flex flex-col gap-3 p-4">
    {Array.from({ length: count }, (_, index) => (
      <div key={index} className="flex items-center justify-between gap-4">
        <Skeleton className="w-1/4" />
        <Skeleton className="w-1/6" />
      </div>
    ))}
  </div>
);

const TitledPanel = ({ lines }: { readonly lines: number }) => (
  <Panel plain>
    <div className="flex h-10 items-center border-b px-4">
      <Skeleton className="w-1/5" />
    </div>
    <Lines count={lines} />
  </Panel>
);

export const DatasetSkeleton = () => (
  <Reading>
    <div className="flex h-9 items-center gap-5 border-b">
      <Skeleton className="w-16" />
      <Skeleton className="w-20" />
      <Skeleton className="w-20" />
      <Skeleton className="w-36" />
    </div>
    <TitledPanel lines={1} />
    <div className="mt-1 grid grid-cols-1 gap-4 narrow:grid-cols-2">
      <TitledPanel lines={6} />
      <TitledPanel lines={6} />
    </div>
  </Reading>
);

export const ModelSkeleton = () => (
  <Reading>
    <div className="grid grid-cols-1 gap-4 narrow:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
      <Panel plain>
        <div className="p-4 pb-0">
          <Skeleton className="h-5 w-2/5" />
        </div>
        <Lines count={9} />
      </Panel>
      <TitledPanel lines={9} />
    </div>
    <div className="mt-1 grid grid-cols-1 gap-4 wide:grid-cols-2">
      <TitledPanel lines={6} />
      <TitledPanel lines={3} />
    </div>
  </Reading>
);

export const JobSkeleton = () => (
  <Reading>
    <Panel plain className="grid h-31 grid-cols-3 gap-x-8 gap-y-4 p-4 narrow:grid-cols-5">
      {[1, 2, 3, 4, 5].map((figure) => (
        <div key={figure} className="flex flex-col gap-3">
          <Skeleton className="w-1/3" />
          <Skeleton className="h-5 w-2/3" />
        </div>
      ))}
    </Panel>
    <Panel plain className="h-[clamp(17.75rem,calc(100vh-31.5rem),34.5rem)]">
      <div className="flex h-10 items-center border-b px-4">
        <Skeleton className="w-16" />
      </div>
    </Panel>
    <Panel plain className="h-38">
      <div className="flex h-9 items-center gap-5 border-b px-4">
        <Skeleton className="w-16" />
        <Skeleton className="w-8" />
        <Skeleton className="w-16" />
        <Skeleton className="w-16" />
      </div>
    </Panel>
    <div className="grid grid-cols-3 gap-3">
      {[1, 2, 3].map((chart) => (
        <Panel key={chart} plain className="h-20 p-3">
          <Skeleton className="w-1/2" />
        </Panel>
      ))}
    </div>
  </Reading>
);
