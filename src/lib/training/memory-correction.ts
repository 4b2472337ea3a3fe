import type { AdapterPath } from '../types/trainer-events';
import { adapterPath } from './adapter-path';
import { memoryParts, type MemoryRequest, memoryRatio } from './memory';
import { type Unplanned, weightBytes } from './memory-plan';

/** A run that has ended, and the most memory that it held. */
export interface MeasuredRun extends Omit<MemoryRequest, 'device' | 'weight_bytes' | 'correction' | 'path'> {
  readonly path: AdapterPath;
  readonly peak_memory_bytes: number;
  /** Two steps at the longest row, and no run. */
  readonly probed?: boolean;
  /** Of a weight, where it was measured too: what `auto` comes to is the processor's to say. */
  readonly weight_bytes?: 2 | 4;
}

/** A run as it will be laid out. */
type LaidOut = Pick<
  MemoryRequest,
  'model' | 'settings' | 'device' | 'weight_bytes' | 'plan' | 'longest_row'
> &
  Machine;

type Planned = Pick<Unplanned, 'model' | 'settings' | 'device' | 'cpu_bf16'>;

/** What the runs of a machine have in common. */
type Machine = Pick<Unplanned, 'device' | 'cpu_bf16'>;

/** One run that held less does not prove that another one will. */
const LEAST = 0.9;

/** How the adapters of a run will compute on its machine. */
export const pathFor = (run: Planned): AdapterPath => adapterPath({ ...run, weight_bytes: weightBytes(run) });

/** Past runs whose adapters computed as those of `run` will: of others the estimate errs otherwise. */
export const runsLike = (past: readonly MeasuredRun[], run: Planned): readonly MeasuredRun[] => {
  const wanted = pathFor(run);
  return past.filter(({ path }) => path === wanted);
};

const ratioOf = (
  { peak_memory_bytes, probed: _probed, ...each }: MeasuredRun,
  { device, cpu_bf16 }: Machine,
): number => {
  const weight_bytes = each.weight_bytes ?? weightBytes({ settings: each.settings, device, cpu_bf16 });
  return memoryRatio({ ...each, device, weight_bytes, correction: null }, peak_memory_bytes);
};

/** What the formula makes of it, whichever share of its rows is trained. */
const shapeOf = (run: LaidOut): string =>
  JSON.stringify([memoryParts({ ...run, trained_share: 1, correction: null }), run.plan, run.longest_row]);

type Probed = Pick<MemoryRequest, 'trained_share' | 'weight_bytes' | 'path'> & {
  readonly correction: number;
};

/** What the newest probe of a run that is laid out just as this one has shown; null where there is none. */
export const probeOf = (past: readonly MeasuredRun[], run: LaidOut): Probed | null => {
  const { device, cpu_bf16 } = run;
  const found = past.find(
    ({ probed, settings, model, plan, longest_row }) =>
      probed === true &&
      shapeOf({
        model,
        settings,
        plan,
        longest_row,
        device,
        weight_bytes: weightBytes({ settings, device, cpu_bf16 }),
      }) === shapeOf(run),
  );
  if (!found) return null;
  const { trained_share, path, weight_bytes = run.weight_bytes } = found;
  return { trained_share, path, weight_bytes, correction: ratioOf(found, run) };
};

/** Measured ÷ estimated of past runs: the largest, so that what is said to fit does fit. Null where there are none. */
export const correctionOf = (past: readonly MeasuredRun[], run: Planned): number | null => {
  const ratios = runsLike(past, run).map((each) => ratioOf(each, run));
  return ratios.length === 0 ? null : Math.max(LEAST, ...ratios);
};
