import { type MemoryRequest, memoryRatio } from './memory';
import { weightBytes } from './memory-plan';

/** A run that has ended, and the most memory that it held. */
export interface MeasuredRun extends Omit<MemoryRequest, 'device' | 'weight_bytes' | 'correction'> {
  readonly peak_memory_bytes: number;
}

/** One run that held less does not prove that another one will. */
const LEAST = 0.9;

/** Measured ÷ estimated of past runs: the largest, so that what is said to fit does fit. Null where there are none. */
export const correctionOf = (
  runs: readonly MeasuredRun[],
  device: MemoryRequest['device'],
): number | null => {
  if (runs.length === 0) return null;
  const ratios = runs.map(({ peak_memory_bytes, ...run }) => {
    const weight_bytes = weightBytes({ settings: run.settings, device });
    return memoryRatio({ ...run, device, weight_bytes, correction: null }, peak_memory_bytes);
  });
  return Math.max(LEAST, ...ratios);
};
