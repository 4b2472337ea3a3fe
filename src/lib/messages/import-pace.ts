/** How far an import is; the copy of the file and its reading are one half of the bytes each. */
interface Progress {
  readonly phase: 'copying' | 'reading';
  readonly phase_ms: number;
  readonly bytes_done: number;
  readonly bytes_total: number;
  readonly records: number;
}

export interface ImportPace {
  readonly bytesPerSecond: number;
  readonly recordsPerSecond: number;
  /** Null while the file is copied: how fast it will be read is not known yet. */
  readonly leftMs: number | null;
}

/** Bytes of the file that the phase has done, of `bytes_total`. */
export const phaseBytes = ({
  phase,
  bytes_done,
  bytes_total,
}: Omit<Progress, 'phase_ms' | 'records'>): number =>
  phase === 'copying' ? 2 * bytes_done : Math.max(0, 2 * bytes_done - bytes_total);

/** Before, a rate says more about the start than about the file. */
const FIRST_MS = 500;

/** How fast an import goes, and how long it will still take at that; null where that is not known yet. */
export const importPace = (progress: Progress): ImportPace | null => {
  const { phase, phase_ms, bytes_total, records } = progress;
  if (phase_ms < FIRST_MS) return null;
  const seconds = phase_ms / 1000;
  const done = phaseBytes(progress);
  if (done === 0) return null;
  const bytesPerSecond = done / seconds;
  return {
    bytesPerSecond,
    recordsPerSecond: records / seconds,
    leftMs: phase === 'copying' ? null : (Math.max(0, bytes_total - done) / bytesPerSecond) * 1000,
  };
};
