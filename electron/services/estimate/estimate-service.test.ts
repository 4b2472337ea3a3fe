import { describe, expect, it } from 'vitest';
import type { BaseModel } from '../../../src/lib/types/base-model';
import { Dataset } from '../../../src/lib/types/lora-training';
import type { HardwareState } from '../../../src/lib/types/system';
import type { MeasuredRun } from '../../../src/lib/training/memory-correction';
import { EstimateService } from './estimate-service';
import type { MeasuredSpeed } from './time-estimate';

const GIB = 1024 ** 3;
const ID = '2f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
const OTHER = '3f6b0c9e-7a31-4c55-9d0e-1b2a3c4d5e6f';
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
const model: BaseModel = {
  id: ID,
  user_id: ID,
  name: 'smollm2',
  path: '/m',
  architecture: 'llama',
  parameters: 134_515_008,
  dtype: 'BF16',
  size_bytes: 269_000_000,
  fingerprint: 'a'.repeat(64),
  has_chat_template: true,
  max_position_embeddings: 8192,
  config: {
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    head_dim: 64,
    vocab_size: 49_152,
    tie_word_embeddings: true,
  },
  bundled: true,
  checked_at: NOW,
  created_at: NOW,
  revision: 0,
};
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
  needed_tokens: 600,
};

const serviceWith = (
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
const REQUEST = { dataset_id: ID, base_model_id: ID, preset_id: 'balanced', changes: {} } as const;
const estimateWith = (free: number, speed: MeasuredSpeed | null) =>
  serviceWith(free, speed).estimate({
    dataset_id: ID,
    base_model_id: ID,
    preset_id: 'balanced',
    changes: { num_epochs: 2 },
  });

/** 20 s of loading; a held-out token takes 1 ms, an answer 2 s. */
const PAST = {
  ...{ besides_ms: 23_000, evaluations: 1, held_out_tokens: 1000, evaluation_ms: 1000 },
  ...{ answers: 1, first_answers: 1, first_answers_ms: 2000 },
};
const FREE = { ...PAST, besides_ms: 0, evaluation_ms: 0, first_answers_ms: 0 };

describe('EstimateService', () => {
  it('counts steps by records and time by real tokens and measured speed', async () => {
    const estimate = await estimateWith(20 * GIB, { tokens_per_second: 100, runs: 1, past: [PAST] });
    expect(estimate).toMatchObject({
      steps_per_epoch: 12,
      total_steps: 24,
      train_records: 90,
      tokens_per_epoch: 9000,
    });
    // 24 steps: 18,000 tokens; 7 evaluations of 1,000 tokens, 7 times 3 answers.
    expect(estimate.time_ms?.expected).toBe(180_000 + 20_000 + 7000 + 42_000);
    expect(estimate.fits).toBe('fits');
  });

  it('counts the tokens that a run of its length keeps, not those that are cut off', async () => {
    const speed = { tokens_per_second: 100, runs: 1, past: [FREE] };
    const request = { ...REQUEST, changes: { num_epochs: 2, max_length: 64 } };
    const estimate = await serviceWith(20 * GIB, speed).estimate(request);
    expect(estimate.tokens_per_epoch).toBe(5760);
    expect(estimate.time_ms?.expected).toBe(115_200);
  });

  it('tells of records at which a run of its length stops', async () => {
    const at = async (max_length: number) => {
      const request = { ...REQUEST, changes: { max_length } };
      return (await serviceWith(20 * GIB, null, { shortest: 600 }).estimate(request)).refused;
    };
    expect(await at(512)).toEqual([
      {
        dataset: 'Sample',
        records: 1,
        words: expect.stringContaining('Raise the max length to 600') as string,
      },
    ]);
    expect(await at(1024)).toEqual([]);
  });

  it('counts each dataset of a mixture as often as its weight says', async () => {
    const request = { base_model_id: ID, preset_id: 'balanced' as const, changes: { num_epochs: 2 } };
    const more_datasets = [{ dataset_id: OTHER, weight: 0.5 }];
    const estimate = await serviceWith(20 * GIB, null).estimate({
      ...request,
      dataset_id: ID,
      weight: 2,
      more_datasets,
    });
    expect(estimate).toMatchObject({ train_records: 225, held_out_records: 20, tokens_per_epoch: 22_500 });
  });

  it('counts what the run at work holds as free for the next one, and says so', async () => {
    const alone = await serviceWith(GIB, null).estimate(REQUEST);
    expect(alone).toMatchObject({ fits: 'does_not_fit', memory_free_bytes: GIB });
    const waiting = await serviceWith(GIB, null, { isAtWork: true }).estimate(REQUEST);
    expect(waiting).toMatchObject({ fits: 'fits', memory_free_bytes: Math.floor(0.85 * 24 * GIB) });
    expect(waiting.memory_method).toContain('What the run at work holds counts as free');
  });

  it('gives no time where nothing was measured, and says so', async () => {
    const estimate = await estimateWith(20 * GIB, null);
    expect(estimate.time_ms).toBeNull();
    expect(estimate.time_method).toContain('No run of this base model');
  });

  it('takes the settings of a run that is made already as they are', async () => {
    const service = serviceWith(20 * GIB, null);
    const changes = { num_epochs: 2 };
    const settings = await service.settings({ ...REQUEST, changes });
    expect(await service.estimate(REQUEST, settings)).toEqual(
      await service.estimate({ ...REQUEST, changes }),
    );
  });

  it.each([0.9, 0.99])('offers only what fits, with %d of the memory that is needed', async (share) => {
    const leanest = await serviceWith(1, null).estimate(REQUEST);
    const tight = serviceWith(share * leanest.memory_bytes.high, null);
    const estimate = await tight.estimate(REQUEST);
    expect(estimate.fits).not.toBe('fits');
    expect(estimate.remedies.length).toBeGreaterThan(0);
    for (const { changes } of estimate.remedies)
      expect((await tight.estimate({ ...REQUEST, changes })).fits).toBe('fits');
  });

  it('offers a base of fewer bits where that fits and whole weights do not', async () => {
    const bits = { ...REQUEST, changes: { quantization: 'nf4' as const } };
    const leanest = await serviceWith(1, null).estimate(bits);
    const estimate = await serviceWith(leanest.memory_bytes.high, null).estimate(REQUEST);
    expect(estimate.fits).not.toBe('fits');
    expect(estimate.remedies.map(({ label }) => label)).toContain('Hold the base model in 4 bits');
    const remedied = await serviceWith(leanest.memory_bytes.high, null).estimate(bits);
    expect(remedied.fits).toBe('fits');
  });
});

it('says where the longest record is cut', async () => {
  const asked = (max_length: number) =>
    serviceWith(20 * GIB, null).estimate({ ...REQUEST, changes: { max_length } });
  expect((await asked(4096)).cut).toBeNull();
  expect((await asked(64)).cut).toMatchObject({ limit: 64 });
});

it('offers fewer checkpoints where memory suffices and the disk does not', async () => {
  const { disk_bytes } = await serviceWith(20 * GIB, null).estimate(REQUEST);
  const full = await serviceWith(20 * GIB, null, { disk: 0.7 * disk_bytes.expected }).estimate(REQUEST);
  expect(full.fits).toBe('fits');
  expect(full.remedies.map(({ changes }) => changes)).toContainEqual({ save_total_limit: 1 });
  expect((await serviceWith(20 * GIB, null, { disk: 10 }).estimate(REQUEST)).remedies).toEqual([]);
});

describe('memory', () => {
  it('is that of a run which computes some of its layers twice, where only that fits, and says so', async () => {
    const kept = await serviceWith(20 * GIB, null).estimate(REQUEST);
    const tight = await serviceWith(kept.memory_bytes.high - 1e8, null).estimate(REQUEST);
    expect(kept.memory_method).not.toContain('twice');
    expect(tight.memory_method).toMatch(
      /So that it fits, the widest part of \d+ of 30 layers is computed twice/,
    );
    expect(tight.fits).toBe('fits');
  });

  it('is corrected by what past runs of this machine held, and is then known more closely', async () => {
    const cold = await serviceWith(20 * GIB, null).estimate(REQUEST);
    const settings = await serviceWith(20 * GIB, null).settings(REQUEST);
    const plan = { micro_batch: 4, recompute_mlps: 0, recompute_layers: 0 };
    const run = { model, settings, plan, path: 'stock' as const, longest_row: 200, trained_share: 0.5 };
    const expected = cold.memory_bytes.expected;
    const past = [expected - 2e8, expected + 4e8].map((peak_memory_bytes) => ({ ...run, peak_memory_bytes }));
    const { memory_bytes, memory_method } = await serviceWith(20 * GIB, null, { past }).estimate(REQUEST);
    expect(memory_bytes.expected).toBeGreaterThan(expected + 3e8);
    expect(memory_bytes.high / memory_bytes.expected).toBeLessThan(
      cold.memory_bytes.high / cold.memory_bytes.expected,
    );
    expect(memory_method).toContain('2 past runs');
    const others = past.map((each) => ({ ...each, path: 'fast' as const }));
    expect(await serviceWith(20 * GIB, null, { past: others }).estimate(REQUEST)).toEqual(cold);
  });
});

describe('a processor that multiplies in bf16 by itself', () => {
  const native = { cpu_bf16: true };
  const fp32 = { ...REQUEST, changes: { precision: 'fp32' as const } };
  it('holds its weights in half the bytes, unless asked otherwise', async () => {
    const speed = { tokens_per_second: 100, runs: 1, past: [FREE] };
    const plain = await serviceWith(20 * GIB, speed).estimate(REQUEST);
    const bf16 = await serviceWith(20 * GIB, speed, native).estimate(REQUEST);
    expect(plain.memory_bytes.expected - bf16.memory_bytes.expected).toBeGreaterThan(2 * model.parameters);
    expect((await serviceWith(20 * GIB, speed, native).estimate(fp32)).memory_bytes).toEqual(
      plain.memory_bytes,
    );
    expect(bf16.time_ms?.expected).toBeGreaterThan(0);
    expect((await serviceWith(20 * GIB, speed, native).estimate(fp32)).time_ms).toBeNull();
  });

  it('is corrected by its own runs, and not by those of the other path', async () => {
    const { memory_bytes: cold } = await serviceWith(20 * GIB, null, native).estimate(REQUEST);
    const peak_memory_bytes = cold.expected + 4e8;
    const settings = await serviceWith(20 * GIB, null).settings(REQUEST);
    const plan = { micro_batch: 4, recompute_mlps: 0, recompute_layers: 0 };
    const run = { model, settings, plan, longest_row: 200, trained_share: 0.5 };
    const after = async (path: 'fast' | 'stock') =>
      (
        await serviceWith(20 * GIB, null, {
          ...native,
          past: [{ ...run, path, peak_memory_bytes }],
        }).estimate(REQUEST)
      ).memory_bytes;
    expect((await after('fast')).expected).toBeGreaterThan(cold.expected + 3e8);
    expect(await after('stock')).toEqual(cold);
  });
});
