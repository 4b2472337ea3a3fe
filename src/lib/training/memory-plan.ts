import type { MemoryPlan } from '../types/run-folder';
import type { TrainingSettings } from '../types/training-settings';
import { awayBytes, lengthBytes, type MemoryRequest, peakMemoryBytes, sidesOf } from './memory';

/** Tokens of one pass by rule, as the trainer's `pass_size.py` has them. */
export const PASS_TOKENS = { cpu: 1024, cpu_16: 2048, cuda: 16_384 } as const;

/** Where a pass is computed; on a processor a number of 16 bit takes half of what one of 32 does. */
export const passKind = ({
  device,
  weight_bytes,
}: Pick<MemoryRequest, 'device' | 'weight_bytes'>): keyof typeof PASS_TOKENS =>
  device === 'cpu' && weight_bytes === 2 ? 'cpu_16' : device;

/** The estimate's error where no run was measured, after one, and after a probe of the very same run. */
export const MEMORY_BAND = { cold: 0.1, measured: 0.05, probed: 0.03 } as const;

export interface Unplanned extends Omit<MemoryRequest, 'plan'> {
  /** Whether the processor multiplies in bf16 by itself; without a word of it, it does not. */
  readonly cpu_bf16?: boolean | undefined;
  /** How many train together, a card each; one where nothing is said. */
  readonly processes?: number;
  /** Bytes that are free in the computer's memory, where the run is on a card. */
  readonly beside?: number;
}

export interface MemoryBand {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** A run of which only the model and the settings are known: rows as long as they may be, and all of them trained. */
export const uncounted = (
  run: Pick<Unplanned, 'model' | 'settings' | 'device' | 'correction' | 'cpu_bf16'>,
): Unplanned => ({
  ...run,
  weight_bytes: weightBytes(run),
  longest_row: longestOf(run.settings),
  trained_share: 1,
});

/** Tokens of the longest row that may be: `max_length`, of each side where a record has two. */
export const longestOf = (settings: TrainingSettings): number => sidesOf(settings) * settings.max_length;

/** Unless asked otherwise a run computes in bf16 where the device does so by itself, as cards do and few processors. */
export const weightBytes = ({
  device,
  cpu_bf16 = false,
  settings: { precision },
}: Pick<Unplanned, 'settings' | 'device' | 'cpu_bf16'>): 2 | 4 =>
  precision === 'bf16' || (precision === 'auto' && (device === 'cuda' || cpu_bf16)) ? 2 : 4;

const recordsPerStep = ({ batch_size, gradient_accumulation_steps }: TrainingSettings): number =>
  batch_size * gradient_accumulation_steps;

/** Rows of the longest length that go through the model at once, by rule. */
export const rowsByRule = (run: Unplanned): number => {
  const fitting = Math.floor(PASS_TOKENS[passKind(run)] / run.longest_row);
  return Math.max(1, Math.min(recordsPerStep(run.settings), fitting));
};

/** From the fastest to the leanest: everything kept, more and more MLPs recomputed, then whole layers. */
function* recomputing(layers: number): Generator<Omit<MemoryPlan, 'micro_batch' | 'base'>> {
  for (let mlps = 0; mlps <= layers; mlps += 1) yield { recompute_mlps: mlps, recompute_layers: 0 };
  for (let whole = 1; whole <= layers; whole += 1)
    yield { recompute_mlps: layers - whole, recompute_layers: whole };
}

/** What a process on a card takes of the computer's memory for itself. */
const PROCESS_BESIDE_BYTES = 1024 ** 3;

/** Only a card is smaller than the memory beside it, and GPT-2's layers are of a kind that stays. */
const placesOf = (request: Unplanned): readonly Pick<MemoryPlan, 'base'>[] => {
  const { device, model, processes = 1, beside = Number.POSITIVE_INFINITY } = request;
  if (device === 'cpu' || model.architecture === 'gpt2') return [{}];
  if (awayBytes(request) + PROCESS_BESIDE_BYTES * processes > beside) return [{}];
  // Together they have the base once in the computer's memory, and not each its own.
  return [{}, { base: processes > 1 ? 'sharded' : 'offloaded' }];
};

function* plans(request: Unplanned): Generator<MemoryPlan> {
  for (let rows = rowsByRule(request); rows >= 1; rows = Math.floor(rows / 2))
    for (const place of placesOf(request))
      for (const recompute of recomputing(request.model.config.num_hidden_layers))
        yield { micro_batch: rows, ...recompute, ...place };
}

/** Rows whose trained share is not known may all be trained. */
const atMost = (request: Unplanned, plan: MemoryPlan): number =>
  peakMemoryBytes({ ...request, plan, trained_share: 1 });

const bandOf = ({ correction }: Unplanned): number =>
  correction === null ? MEMORY_BAND.cold : MEMORY_BAND.measured;

/** Peak of a planned run: what is expected, and what it may be at most. */
export const memoryBand = (request: Unplanned, plan: MemoryPlan): MemoryBand => {
  const expected = peakMemoryBytes({ ...request, plan });
  const share = bandOf(request);
  return {
    // What past runs held at most says nothing of the least.
    low: Math.round(expected * (1 - MEMORY_BAND.cold)),
    expected,
    high:
      Math.round(Math.max(expected, atMost(request, plan)) * (1 + share)) + lengthBytes({ ...request, plan }),
  };
};

/** Peak of a run that was probed as it is laid out: the probe took as many of the longest rows as it will, and no others. */
export const probedBand = (request: Unplanned, plan: MemoryPlan): MemoryBand => {
  const expected = peakMemoryBytes({ ...request, plan });
  return {
    low: Math.round(expected * (1 - MEMORY_BAND.probed)),
    expected,
    high: Math.round(expected * (1 + MEMORY_BAND.probed)) + lengthBytes({ ...request, plan }),
  };
};

/**
 * How a run is laid out so that it fits into `free` bytes whatever its rows train: everything kept if it can be,
 * then MLPs and layers recomputed, as few as needed, then on a card the base off it, and smaller passes last. The
 * leanest plan where none fits.
 */
export const planMemory = (request: Unplanned, free: number): MemoryPlan => {
  let leanest: MemoryPlan = { micro_batch: 1, recompute_mlps: 0, recompute_layers: 0 };
  for (const plan of plans(request)) {
    if (memoryBand(request, plan).high <= free) return plan;
    leanest = plan;
  }
  return leanest;
};

const isPlain = ({ recompute_mlps, recompute_layers, base }: MemoryPlan): boolean =>
  recompute_mlps === 0 && recompute_layers === 0 && base === undefined;

/** What `job.json` says of it: nothing where the rule's own passes fit as they are. */
export const planOfJob = (request: Unplanned, free: number): MemoryPlan | undefined => {
  const plan = planMemory(request, free);
  const asByRule = plan.micro_batch === rowsByRule(request);
  if (asByRule && isPlain(plan)) return undefined;
  // Rows shorter than the longest may go through the model in larger numbers.
  return asByRule ? { ...plan, micro_batch: recordsPerStep(request.settings) } : plan;
};
