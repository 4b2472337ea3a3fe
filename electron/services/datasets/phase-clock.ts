import type { ImportProgress } from './import/import-request';

export interface TimedProgress extends ImportProgress {
  readonly phase_ms: number;
}

/** Adds to the news of an import how long its phase has been going on, in whole milliseconds. */
export function phaseClock(now: () => number = () => performance.now()) {
  let phase: ImportProgress['phase'] | null = null;
  let startedAt = 0;
  return (progress: ImportProgress): TimedProgress => {
    if (progress.phase !== phase) {
      phase = progress.phase;
      startedAt = now();
    }
    return { ...progress, phase_ms: Math.round(now() - startedAt) };
  };
}
