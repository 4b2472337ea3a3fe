import { fakeBaseModel } from '../../../src/fake-rows';
import { Dataset } from '../../../src/lib/types/lora-training';
import type { HardwareState } from '../../../src/lib/types/system';
import type { MeasuredRun } from '../../../src/lib/training/memory-correction';
import { EstimateService } from './estimate-service';
import type { MeasuredSpeed } from './time-estimate';

export const GIB = 1024 ** 3;
export const ID = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
export const OTHER = '3f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
const NOW = '2026-01-01T00:00:00.000Z';

const dataset = Dataset.parse({
  id: ID,
  user_id: ID,
  name: 'Sample',
  description: null,
  format: 'chat',
  kind: 'sft',
  status: 'ready',
  storage_bucket: 'lora-datasets',
  storage_path: 'a/b',
  file_name: 'a.jsonl',
  file_size: 1_000_000,
  total_training_pairs: 90,
  total_validation_pairs: 10,
  total_tokens: null,
  avg_turns_per_conversation: 2,
  avg_tokens_per_turn: null,
  training_ready: true,
  validated_at: NOW,
  validation_errors: null,
  sample_data: null,
  report: null,
  current_version_id: null,
  created_at: NOW,
  updated_at: NOW,
  deleted_at: null,
  notes: null,
  tags: [],
  verdict: null,
  revision: 0,
});
export const model = { ...fakeBaseModel(1), id: ID, parameters: 134_515_008, size_bytes: 269_000_000 };
const machine = (free: number, disk_free_bytes = 1e12, cpu_bf16 = false): HardwareState => ({
  gpus: [],
  problem: null,
  driver: null,
  cpu_name: 'cpu',
  cpu_cores: 2,
  cpu_bf16,
  memory_total_bytes: 24 * GIB,
  memory_free_bytes: free,
  disk_free_bytes,
  disk_total_bytes: 2e12,
});

interface Circumstances {
  readonly past?: readonly MeasuredRun[];
  readonly isAtWork?: boolean;
  readonly disk?: number;
  /** Of the shortest form of a record, in tokens. */
  readonly shortest?: number;
  readonly cpu_bf16?: boolean;
}

const TOO_LONG = {
  line: 3,
  path: null,
  record_id: 'r',
  type: 'token_overflow',
  severity: 'error' as const,
  error: 'It does not fit.',
  suggestion: null,
  index: 0,
  needed_tokens: 600,
};

export const serviceWith = (
  free: number,
  speed: MeasuredSpeed | null,
  { past = [], isAtWork = false, disk, shortest = 0, cpu_bf16 }: Circumstances = {},
) =>
  new EstimateService({
    isAtWork: () => Promise.resolve(isAtWork),
    dataset: (id) => Promise.resolve({ ...dataset, id }),
    baseModel: () => Promise.resolve(model),
    hardware: () => Promise.resolve(machine(free, disk, cpu_bf16)),
    measuredSpeed: (_model, _gpu, { path }) =>
      Promise.resolve(path === (cpu_bf16 ? 'fast' : 'stock') ? speed : null),
    measuredMemory: () => Promise.resolve(past),
    countTokens: (_dataset, _model, max_length) =>
      Promise.resolve({
        total_tokens: 10_000,
        trained_tokens: 5000,
        kept_tokens: Math.min(10_000, 100 * max_length),
        max: 200,
        max_length,
        problems: max_length < shortest ? [TOO_LONG] : [],
        problems_total: max_length < shortest ? 1 : 0,
      }),
  });
export const REQUEST = { dataset_id: ID, base_model_id: ID, preset_id: 'balanced', changes: {} } as const;
export const estimateWith = (free: number, speed: MeasuredSpeed | null) =>
  serviceWith(free, speed).estimate({
    dataset_id: ID,
    base_model_id: ID,
    preset_id: 'balanced',
    changes: { num_epochs: 2 },
  });

/** 20 s of loading; a held-out token takes 1 ms, an answer 2 s. */
export const PAST = {
  ...{ besides_ms: 23_000, evaluations: 1, held_out_tokens: 1000, evaluation_ms: 1000 },
  ...{ answers: 1, first_answers: 1, first_answers_ms: 2000 },
};
export const FREE = { ...PAST, besides_ms: 0, evaluation_ms: 0, first_answers_ms: 0 };
