import { Fragment } from 'react';
import type { ReactNode, Ref } from 'react';
import { Link } from 'wouter';
import { classNames } from './class-names';
import { useHeading } from './use-heading';
import { Tooltip } from './tooltip';
import { FileText } from './file-text';
import { visibleText } from '../lib/visible-text';

/** A screen: title left, at most one filled button right, the body scrolls. */
export const Page = ({
  title,
  parent,
  note,
  badges,
  actions,
  dense,
  children,
}: {
  readonly title: string;
  readonly parent?: { readonly label: string; readonly href: string };
  readonly note?: ReactNode;
  readonly badges?: ReactNode;
  readonly actions?: ReactNode;
  readonly dense?: boolean;
  readonly children: ReactNode;
}) => (
  <main className="flex min-h-0 min-w-0 flex-1 flex-col" aria-labelledby="page-title">
    <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-6 py-2">
      {parent ? (
        <Link href={parent.href} className="shrink-0 text-lg tracking-tight text-ink-3 hover:text-ink">
          {parent.label}
          <span aria-hidden className="ml-3 text-line-control">
            /
          </span>
        </Link>
      ) : null}
      <PageTitle title={title} />
      {badges}
      {note ? <p className="min-w-24 flex-1 basis-24 truncate text-ink-2">{note}</p> : null}
      <div className="ml-auto flex shrink-0 items-center gap-3">{actions}</div>
    </header>
    <div
      className={classNames('page-scroll flex min-h-0 flex-1 flex-col pt-px pb-5', dense ? 'gap-3' : 'gap-4')}
    >
      {children}
    </div>
  </main>
);

/** Has the focus when the page comes: who reads with the ears begins there. */
export const PageTitle = ({ title, large }: { readonly title: string; readonly large?: boolean }) => (
  <h1
    ref={useHeading(title)}
    id="page-title"
    tabIndex={-1}
    title={visibleText(title)}
    className={classNames(
      'min-w-0 font-semibold tracking-tight outline-none',
      large ? 'text-xl' : 'truncate text-lg',
    )}
  >
    <FileText>{title}</FileText>
  </h1>
);

export const Panel = ({
  title,
  beside,
  note,
  actions,
  children,
  className,
  plain,
  ref,
}: {
  readonly title?: string;
  /** Stands next to the title: what belongs to it rather than what can be done. */
  readonly beside?: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  readonly plain?: boolean;
  /** Of one that the focus can be put on. */
  readonly ref?: Ref<HTMLElement>;
}) => (
  <section
    ref={ref}
    tabIndex={ref ? -1 : undefined}
    aria-label={title}
    className={classNames('min-w-0 shrink-0 rounded-lg border bg-surface-2', className)}
  >
    {title ? (
      <div className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 border-b px-4 py-1">
        <h2 title={title} className="max-w-full truncate font-semibold">
          {title}
        </h2>
        {beside}
        <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-x-3 gap-y-1 text-xs text-ink-2">
          {note ? <span className="truncate">{note}</span> : null}
          {actions}
        </div>
      </div>
    ) : null}
    {plain ? children : <div className="p-4">{children}</div>}
  </section>
);

/** Label, value, source line, and the method on hover. */
export const Figure = ({
  label,
  value,
  source,
  aside,
  method,
}: {
  readonly label: string;
  readonly value: ReactNode;
  readonly source?: ReactNode;
  readonly aside?: ReactNode;
  readonly method?: string;
}) => {
  const shown = (
    <dd className="flex w-fit items-baseline gap-1.5 text-lg font-semibold tracking-tight whitespace-nowrap">
      {value}
      {aside ? <span className="text-sm font-medium">{aside}</span> : null}
    </dd>
  );
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <dt className="text-xs text-ink-3">{label}</dt>
      {method ? <Tooltip text={method}>{shown}</Tooltip> : shown}
      <dd className="min-h-4 text-xs break-words text-ink-2">{source}</dd>
    </div>
  );
};

export const Facts = ({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="grid max-w-120 grid-cols-[auto_1fr] gap-x-4 gap-y-1">
    {rows.map(([label, value]) => (
      <Fragment key={label}>
        <dt className="whitespace-nowrap text-ink-3">{label}</dt>
        <dd className={classNames('min-w-0 truncate text-right', isWord(value) && 'normal-nums')}>{value}</dd>
      </Fragment>
    ))}
  </dl>
);

const isWord = (value: ReactNode): boolean => typeof value === 'string' && /^\p{L}/u.test(value);

export const Skeleton = ({ className }: { readonly className?: string }) => (
  <div aria-hidden className={classNames('skeleton h-3', className)} />
);

export const SkeletonRows = ({ rows = 6 }: { readonly rows?: number }) => (
  <div role="status" aria-label="Reading…">
    {Array.from({ length: rows }, (_, index) => (
      <div key={index} className="flex h-9 items-center gap-6 border-b px-4 last:border-0">
        <Skeleton className="w-1/4" />
        <Skeleton className="w-1/6" />
        <Skeleton className="ml-auto w-12" />
        <Skeleton className="w-16" />
      </div>
    ))}
  </div>
);
