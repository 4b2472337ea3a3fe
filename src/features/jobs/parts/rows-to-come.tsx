import { classNames } from '../../../components/class-names';
import { Skeleton } from '../../../components/layout';
import { ACTION, GRID, STATE, TIME } from './job-grid';

const ROWS = 6;

/** While the list is read: the places of the figures, so that the heads stay where they are when they come. */
export const RowsToCome = () => (
  <div role="status" aria-label="Reading…">
    {Array.from({ length: ROWS }, (_, row) => (
      <div key={row} className={classNames(GRID, 'min-h-10 border-t py-2 medium:py-0')}>
        <Skeleton className="w-4" />
        <Skeleton className="w-3/5" />
        <div className={STATE}>
          <Skeleton className="w-1/2" />
        </div>
        <div className={TIME}>
          <Skeleton className="w-16 medium:ml-auto" />
        </div>
        <div className={ACTION}>
          <Skeleton className="w-20" />
        </div>
      </div>
    ))}
  </div>
);
