import type { RunRequest } from '../../../src/lib/contract/contract';
import { type MeasuredRun, pathFor } from '../../../src/lib/training/memory-correction';
import { keptBytes } from '../../../src/lib/training/disk';
import { trainableParameters } from '../../../src/lib/training/memory-layers';
import { isDiskTooSmall } from '../../../src/lib/messages/misfit';
import { refusedWords } from '../../../src/lib/messages/refused-words';
import { longestOf } from '../../../src/lib/training/memory-plan';
import { limitsOf, refuseLongWarmup, resolveSettings } from '../../../src/lib/training/settings';
import { planSteps } from '../../../src/lib/training/steps';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { Band, Estimate } from '../../../src/lib/types/estimate';
import type { AdapterPath } from '../../../src/lib/types/trainer-events';
import type { Dataset } from '../../../src/lib/types/lora-training';
import type { HardwareState } from '../../../src/lib/types/system';
import type { TrainingSettings } from '../../../src/lib/types/training-settings';
import { type Room, roomForNext } from '../hardware/room';
import { refuseUnfit } from '../jobs/mixture-rules';
import { type Epoch, type MeasuredSpeed, timeOf, workOf } from './time-estimate';
import { type MemoryFacts, plannedMemory, plannedRun } from './planned-memory';
import { countedAs } from './token-counts';
import type { TokenCounts } from './token-counts';

const DISK_BAND = 0.1;
const SMALLEST_LENGTH = 256;
const BITS = { int8: 8, nf4: 4 } as const;
const FEWER_BITS = { none: ['int8', 'nf4'], int8: ['nf4'], nf4: [] } as const;

interface EstimateOptions {
  readonly dataset: (id: string) => Promise<Dataset>;
  readonly baseModel: (id: string) => Promise<BaseModel>;
  readonly hardware: () => Promise<HardwareState>;
  /** Whether a run is at work now. */
  readonly isAtWork: () => Promise<boolean>;
  /** On a processor (`cpu`) or on a card, by its name, and best of runs whose adapters computed as those of this one will. */
  readonly measuredSpeed: (
    baseModelId: string,
    gpuType: string,
    like: { readonly path: AdapterPath; readonly processes: number },
  ) => Promise<MeasuredSpeed | null>;
  /** The same, of base models of an architecture: what their finished runs held at most. */
  readonly measuredMemory: (architecture: string, gpuType: string) => Promise<readonly MeasuredRun[]>;
  /** Real tokens of all records, by this model's tokenizer and template; `max_length` is what the run cuts at. */
  readonly countTokens: (dataset: Dataset, model: BaseModel, max_length: number) => Promise<TokenCounts>;
}

interface Weighted {
  readonly dataset: Dataset;
  readonly weight: number;
}

interface Known {
  /** The run's own dataset first, then what is mixed in. */
  readonly datasets: readonly Weighted[];
  readonly model: BaseModel;
  readonly hardware: HardwareState;
  readonly room: Room;
  readonly isAtWork: boolean;
}

const band = (expected: number, share: number): Band => ({
  low: Math.round(expected * (1 - share)),
  expected: Math.round(expected),
  high: Math.round(expected * (1 + share)),
});

const settingsOf = ({ model, hardware }: Known, request: RunRequest): TrainingSettings =>
  resolveSettings({
    preset_id: request.preset_id,
    changes: request.changes,
    device: hardware.gpus.length > 0 ? 'cuda' : 'cpu',
    cards: hardware.gpus.length,
    ...limitsOf(model),
  });

const fitOf = (memory: Band, free: number): Estimate['fits'] => {
  if (memory.high <= free) return 'fits';
  return memory.expected <= free ? 'tight' : 'does_not_fit';
};

const diskOf = (known: Known, settings: TrainingSettings) => ({
  disk_bytes: band(keptBytes(known.model.config, settings) + mixtureBytes(known), DISK_BAND),
  disk_free_bytes: known.hardware.disk_free_bytes,
});

/** What gives a run the room that it has not, of memory and of the disk at once. */
const remediesFor = (known: Known, settings: TrainingSettings, facts: MemoryFacts): Estimate['remedies'] => {
  const { free } = known.room;
  const half = Math.floor(settings.max_length / 2);
  const tries: { label: string; changes: Partial<TrainingSettings> }[] = [
    { label: `Set max length to ${half}`, changes: { max_length: half } },
    { label: 'Set rank to 8', changes: { lora_rank: 8 } },
    ...FEWER_BITS[settings.quantization].map((quantization) => ({
      label: `Hold the base model in ${BITS[quantization]} bits`,
      changes: { quantization },
    })),
    { label: 'Keep 1 checkpoint and the best', changes: { save_total_limit: 1 } },
  ];
  return tries.filter(({ changes }) => {
    const changed = { ...settings, ...changes };
    return (
      (changes.max_length ?? SMALLEST_LENGTH) >= SMALLEST_LENGTH &&
      plannedMemory(known, changed, facts).memory.high <= free &&
      !isDiskTooSmall(diskOf(known, changed))
    );
  });
};

const tokensAnEpoch = (all: number, { train, held_out }: { train: number; held_out: number }): number =>
  Math.round((all * train) / Math.max(1, train + held_out));

/** What a run would take, from formulas and from what this machine has measured before. */
export class EstimateService {
  readonly #options: EstimateOptions;

  constructor(options: EstimateOptions) {
    this.#options = options;
  }

  async settings(request: RunRequest): Promise<TrainingSettings> {
    return settingsOf(await this.#known(request), request);
  }

  /** `resolved` are the settings of a run that is made already; what the request changes is in them. */
  estimate(request: RunRequest, resolved?: TrainingSettings): Promise<Estimate> {
    return this.#estimate(request, resolved, this.#options.countTokens);
  }

  /** The most that a run can take, known at once: each record is taken to fill its row. Offers no remedies. */
  async atMost(request: RunRequest, resolved: TrainingSettings): Promise<Estimate> {
    return { ...(await this.#estimate(request, resolved, fullRows)), remedies: [] };
  }

  async #estimate(
    request: RunRequest,
    resolved: TrainingSettings | undefined,
    countTokens: EstimateOptions['countTokens'],
  ): Promise<Estimate> {
    const asked = await this.#known(request);
    const settings = resolved ?? settingsOf(asked, request);
    const known = { ...asked, room: roomForNext(asked.hardware, asked.isAtWork, settings.processes) };
    refuseUnfit(known.datasets, settings.method);
    const gpuType = known.hardware.gpus[0]?.name ?? 'cpu';
    const path = pathFor(plannedRun(known, settings));
    const speed = await this.#options.measuredSpeed(known.model.id, gpuType, {
      path,
      processes: settings.processes,
    });
    const past = await this.#options.measuredMemory(known.model.architecture, gpuType);
    const facts = { longest: 0, total: 0, trained: 0 };
    const epoch = { train: 0, held_out: 0, tokens: 0 };
    const refused: Estimate['refused'] = [];
    for (const { dataset, weight } of known.datasets) {
      const counts = splitCounts(dataset, settings.validation_share);
      const tokens = await countTokens(dataset, known.model, settings.max_length);
      refused.push(...refusedOf(dataset, tokens));
      facts.longest = Math.max(facts.longest, tokens.max);
      facts.total += weight * tokens.total_tokens;
      facts.trained += weight * tokens.trained_tokens;
      epoch.train += Math.max(1, Math.round(counts.train * weight));
      epoch.held_out += counts.held_out;
      epoch.tokens += weight * tokensAnEpoch(tokens.kept_tokens, counts);
    }
    const trained_share = facts.total > 0 ? facts.trained / facts.total : 1;
    return estimateFrom(known, settings, {
      speed,
      epoch,
      refused,
      facts: { longest: facts.longest, trained_share, past },
    });
  }

  async #known({ dataset_id, weight = 1, more_datasets = [], base_model_id }: RunRequest): Promise<Known> {
    const [datasets, model, hardware, isAtWork] = await Promise.all([
      Promise.all(
        [{ dataset_id, weight }, ...more_datasets].map(async (each) => ({
          dataset: await this.#options.dataset(each.dataset_id),
          weight: each.weight,
        })),
      ),
      this.#options.baseModel(base_model_id),
      this.#options.hardware(),
      this.#options.isAtWork(),
    ]);
    return { datasets, model, hardware, isAtWork, room: roomForNext(hardware, isAtWork) };
  }
}

const fullRows: EstimateOptions['countTokens'] = (dataset, _model, max_length) => {
  const tokens = recordsOf(dataset) * max_length;
  return Promise.resolve(
    countedAs({
      total_tokens: tokens,
      trained_tokens: tokens,
      kept_tokens: tokens,
      max: max_length,
      max_length,
    }),
  );
};

const recordsOf = ({ total_training_pairs, total_validation_pairs }: Dataset): number =>
  (total_training_pairs ?? 0) + (total_validation_pairs ?? 0);

const splitCounts = (dataset: Dataset, share: number): { train: number; held_out: number } => {
  const usable = recordsOf(dataset);
  const imported = dataset.total_validation_pairs ?? 0;
  const held_out = share === 0.1 ? imported : Math.round(usable * share);
  return { train: Math.max(1, usable - held_out), held_out };
};

/** A run of several datasets keeps their records in its own folder. */
const mixtureBytes = ({ datasets }: Known): number =>
  datasets.length === 1 ? 0 : datasets.reduce((sum, { dataset }) => sum + dataset.file_size, 0);

const refusedOf = (dataset: Dataset, counts: TokenCounts): Estimate['refused'] => {
  const words = refusedWords(counts);
  return words === null ? [] : [{ dataset: dataset.name, records: counts.problems_total, words }];
};

/** A text is not cut: it goes on in the next row. */
const cutOf = (longest: number, settings: TrainingSettings): Estimate['cut'] => {
  const limit = longestOf(settings);
  return settings.method === 'text' || longest <= limit ? null : { longest, limit };
};

const estimateFrom = (
  known: Known,
  settings: TrainingSettings,
  measured: {
    readonly speed: MeasuredSpeed | null;
    readonly epoch: Epoch;
    readonly refused: Estimate['refused'];
    readonly facts: MemoryFacts;
  },
): Estimate => {
  const { train, held_out } = measured.epoch;
  const plan = planSteps(train, settings);
  refuseLongWarmup(settings, plan.total_steps);
  const tokens = Math.round(measured.epoch.tokens);
  const { memory, method } = plannedMemory(known, settings, measured.facts);
  const { total, free } = known.room;
  const disk = diskOf(known, settings);
  const fits = fitOf(memory, free);
  const hasRoom = fits === 'fits' && !isDiskTooSmall(disk);
  return {
    memory_bytes: memory,
    memory_total_bytes: total,
    memory_free_bytes: free,
    memory_method: method,
    ...timeOf(workOf(known.datasets, settings, { ...measured.epoch, plan }), measured.speed),
    ...disk,
    energy_kwh: null,
    total_steps: plan.total_steps,
    steps_per_epoch: plan.steps_per_epoch,
    total_epochs: plan.total_epochs,
    train_records: train,
    held_out_records: held_out,
    trainable_parameters: trainableParameters(known.model.config, settings),
    total_parameters: known.model.parameters,
    tokens_per_epoch: tokens,
    cut: cutOf(measured.facts.longest, settings),
    refused: measured.refused,
    fits,
    remedies: hasRoom ? [] : remediesFor(known, settings, measured.facts),
  };
};
