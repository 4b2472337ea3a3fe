/** The columns of every group of jobs; in a narrow window the state stands below the name. */
export const GRID =
  'grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 px-4 medium:grid-cols-[1rem_minmax(9rem,15.75rem)_minmax(0,1fr)_8.25rem_9.25rem] broad:grid-cols-[1rem_minmax(10rem,26rem)_minmax(0,1fr)_8.75rem_9.25rem]';
export const STATE =
  'col-span-2 col-start-2 row-start-2 min-w-0 medium:col-span-1 medium:col-start-3 medium:row-start-1';
export const TIME =
  'text-right text-ink-2 tabular-nums max-medium:col-start-2 max-medium:row-start-3 max-medium:text-left';
export const ACTION = 'relative flex justify-end max-medium:col-start-3 max-medium:row-start-1';
