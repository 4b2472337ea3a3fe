import type { AdapterPath } from '../types/trainer-events';
import { adapterPath } from './adapter-path';
import { type MemoryRequest, memoryRatio } from './memory';
import { weightBytes } from './memory-plan';

/** A run that has ended, and the most memory that it held. */
export interface MeasuredRun extends Omit<MemoryRequest, 'device' | 'weight_bytes' | 'correction' | 'path'> {
  readonly path: AdapterPath;
  readonly peak_memory_bytes: number;
}

type Planned = Pick<MemoryRequest, 'model' | 'settings' | 'device'>;

/** One run that held less does not prove that another one will. */
const LEAST = 0.9;

/** Past runs whose adapters computed as those of `run` will: of others the estimate errs otherwise. */
export const runsLike = (past: readonly MeasuredRun[], run: Planned): readonly MeasuredRun[] => {
  const wanted = adapterPath({ ...run, weight_bytes: weightBytes(run) });
  return past.filter(({ path }) => path === wanted);
};

/** Measured ÷ estimated of past runs: the largest, so that what is said to fit does fit. Null where there are none. */
export const correctionOf = (past: readonly MeasuredRun[], run: Planned): number | null => {
  const { device } = run;
  const ratios = runsLike(past, run).map(({ peak_memory_bytes, ...each }) => {
    const weight_bytes = weightBytes({ settings: each.settings, device });
    return memoryRatio({ ...each, device, weight_bytes, correction: null }, peak_memory_bytes);
  });
  return ratios.length === 0 ? null : Math.max(LEAST, ...ratios);
};
