import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryPlan } from '../types/run-folder';
import { TrainingSettings } from '../types/training-settings';
import { lengthBytes, peakMemoryBytes } from './memory';
import { correctionOf, probeOf } from './memory-correction';
import {
  longestOf,
  memoryBand,
  PASS_TOKENS,
  planMemory,
  planOfJob,
  probedBand,
  rowsByRule,
  type Unplanned,
} from './memory-plan';
import measured from './memory-measured.json';

const ORDER = '../../../resources/trainer/pipeline_trainer/data/order.py';
const [first] = measured.configurations;
if (!first) throw new Error('nothing was measured');
const request = (changes: Partial<TrainingSettings> = {}): Unplanned => ({
  model: { ...first.model, architecture: 'llama' },
  settings: TrainingSettings.parse({ ...first.settings, batch_size: 8, max_length: 256, ...changes }),
  device: 'cpu',
  weight_bytes: 4,
  longest_row: 256,
  trained_share: 0.5,
  correction: null,
});
const KEPT = { micro_batch: 4, recompute_mlps: 0, recompute_layers: 0 };
const LAYERS = first.model.config.num_hidden_layers;
const roomFor = (plan: typeof KEPT) => memoryBand(request(), plan).high;

it('knows the rule of the trainer', () => {
  const source = readFileSync(join(import.meta.dirname, ORDER), 'utf8');
  for (const [device, tokens] of Object.entries(PASS_TOKENS))
    expect(source.replaceAll('_', '')).toContain(`"${device}": ${tokens}`.replaceAll('_', ''));
  expect(rowsByRule(request())).toBe(4);
  expect(rowsByRule(request({ batch_size: 3 }))).toBe(3);
  const pairs = request({ method: 'dpo' });
  expect(rowsByRule({ ...pairs, longest_row: longestOf(pairs.settings) })).toBe(2);
  expect(rowsByRule({ ...request(), longest_row: 5000 })).toBe(1);
  expect(rowsByRule({ ...request(), weight_bytes: 2, longest_row: 512 })).toBe(4);
});

describe('planMemory', () => {
  it('keeps everything where that fits', () => {
    expect(planMemory(request(), roomFor(KEPT))).toEqual(KEPT);
    expect(planOfJob(request(), roomFor(KEPT))).toBeUndefined();
  });

  it('recomputes MLPs, then whole layers, then makes the passes smaller', () => {
    const ladder = [
      { ...KEPT, recompute_mlps: 2 },
      { ...KEPT, recompute_mlps: LAYERS - 2, recompute_layers: 2 },
      { ...KEPT, micro_batch: 2, recompute_mlps: LAYERS - 1 },
    ];
    for (const plan of ladder) expect(planMemory(request(), roomFor(plan))).toEqual(plan);
  });

  it('moves the base off a card before it makes the passes smaller, with as little recomputed as that allows', () => {
    const card: Unplanned = { ...request(), device: 'cuda', weight_bytes: 2, longest_row: 4096 };
    const rows = rowsByRule(card);
    const least = (base: 'kept' | 'offloaded') =>
      Math.min(
        ...Array.from({ length: LAYERS + 1 }, (_, whole) => {
          const recompute = { recompute_mlps: LAYERS - whole, recompute_layers: whole };
          return memoryBand(card, { micro_batch: rows, ...recompute, base }).high;
        }),
      );
    expect(planMemory(card, least('kept'))).not.toHaveProperty('base');
    const away = { micro_batch: rows, base: 'offloaded' };
    expect(planMemory(card, least('kept') - 1)).toMatchObject(away);
    expect(planMemory(card, least('offloaded'))).toMatchObject(away);
    expect(planMemory(card, least('offloaded') - 1)).toMatchObject({ micro_batch: rows / 2 });
  });

  it('shares the base out where several processes train and one card is too small', () => {
    const card: Unplanned = { ...request(), device: 'cuda', processes: 2 };
    const plan = (free: number, processes: number) => planMemory({ ...card, processes }, free);
    expect(plan(1, 2)).toEqual({ ...plan(1, 1), base: 'sharded' });
    expect(plan(1, 1)).toMatchObject({ base: 'offloaded' });
    expect(plan(1e12, 2)).not.toHaveProperty('base');
    expect(plan(roomFor(KEPT), 2)).toEqual(plan(roomFor(KEPT), 1));
  });

  it('keeps the base where the computer’s memory does not hold it either', () => {
    const card: Unplanned = { ...request(), device: 'cuda' };
    const layers = 4 * 30 * 576 * (2 * 576 + 2 * 192 + 3 * 1536);
    const enough = layers + 1024 ** 3;
    expect(planMemory({ ...card, beside: enough }, 1)).toMatchObject({ base: 'offloaded' });
    expect(planMemory({ ...card, beside: enough - 1 }, 1)).not.toHaveProperty('base');
    const packed = { ...card, settings: request({ quantization: 'int8' }).settings };
    expect(planMemory({ ...packed, beside: enough - 1 }, 1)).toMatchObject({ base: 'offloaded' });
  });

  it('keeps the base where no card is too small, or where no layer of it can lie elsewhere', () => {
    const gpt2 = {
      ...request(),
      device: 'cuda' as const,
      model: { ...request().model, architecture: 'gpt2' },
    };
    for (const run of [request(), gpt2]) expect(planMemory(run, 1)).not.toHaveProperty('base');
  });

  it('says in the job that the base leaves the card although nothing is recomputed', () => {
    const card: Unplanned = { ...request({ batch_size: 1 }), device: 'cuda', longest_row: 8 };
    const away: MemoryPlan = { micro_batch: 1, recompute_mlps: 0, recompute_layers: 0, base: 'offloaded' };
    const { high } = memoryBand(card, away);
    expect(planMemory(card, high)).toEqual(away);
    expect(planOfJob(card, high)).toEqual(away);
  });

  it('gives the leanest plan where nothing fits', () => {
    const leanest = { micro_batch: 1, recompute_mlps: 0, recompute_layers: LAYERS };
    expect(planMemory(request(), 1)).toEqual(leanest);
  });

  it('lets a job take shorter rows in larger numbers where only layers are recomputed', () => {
    const plan = { ...KEPT, recompute_mlps: 2 };
    expect(planOfJob(request(), roomFor(plan))).toEqual({ ...plan, micro_batch: 8 });
    const small = { ...KEPT, micro_batch: 2, recompute_mlps: LAYERS - 1 };
    expect(planOfJob(request(), roomFor(small))).toEqual(small);
  });

  it('never says that a run fits whose rows, all trained, would not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4e9 }),
        fc.integer({ min: 1, max: 4096 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (free, longest_row, trained_share) => {
          const run = { ...request(), longest_row, trained_share };
          const plan = planMemory(run, free);
          const { high } = memoryBand(run, plan);
          expect(high).toBeGreaterThanOrEqual(peakMemoryBytes({ ...run, plan, trained_share: 1 }));
          if (high > free) expect(plan).toMatchObject({ micro_batch: 1, recompute_layers: LAYERS });
        },
      ),
    );
  });
});

describe('a probe', () => {
  const run = { ...request(), plan: KEPT };
  const probe = {
    probed: true,
    ...run,
    path: 'stock',
    trained_share: 0.25,
    peak_memory_bytes: Math.round(1.2 * peakMemoryBytes({ ...run, trained_share: 0.25 })),
  } as const;

  it('of the very same run is what it will hold, within three per cent', () => {
    const found = probeOf([probe], run);
    expect(found).toMatchObject({ trained_share: 0.25 });
    const { low, expected, high } = probedBand({ ...run, ...found }, KEPT);
    expect(Math.abs(expected / probe.peak_memory_bytes - 1)).toBeLessThan(1e-6);
    const most = high - lengthBytes({ ...run, ...found, plan: KEPT });
    expect([low / expected, most / expected].map((share) => share.toFixed(3))).toEqual(['0.970', '1.030']);
    expect(high - most).toBeGreaterThan(1e8);
  });

  it('tells also in what a processor computed that was left to choose', () => {
    const fast = { ...probe, path: 'fast', weight_bytes: 2 } as const;
    const found = probeOf([fast], run);
    expect(found).toMatchObject({ path: 'fast', weight_bytes: 2 });
    const { expected } = probedBand({ ...run, ...found }, KEPT);
    expect(Math.abs(expected / fast.peak_memory_bytes - 1)).toBeLessThan(1e-6);
  });

  it.each([
    ['longer rows', { ...run, longest_row: 255 }],
    ['other rows a pass', { ...run, plan: { ...KEPT, micro_batch: 2 } }],
    ['recomputed layers', { ...run, plan: { ...KEPT, recompute_layers: 1 } }],
    ['another rank', { ...run, settings: { ...run.settings, lora_rank: 64 } }],
    ['fewer bits', { ...run, settings: { ...run.settings, quantization: 'int8' as const } }],
  ])('of a run with %s is no probe of this one', (_what, other) => {
    expect(probeOf([probe], other)).toBeNull();
  });

  it('says nothing of another rate, and is none where a run was measured alone', () => {
    const { probed: _probed, ...measuredRun } = probe;
    expect(probeOf([probe], { ...run, settings: { ...run.settings, learning_rate: 1e-3 } })).not.toBeNull();
    expect(probeOf([measuredRun], run)).toBeNull();
    expect(correctionOf([probe], run)).toBeGreaterThan(1);
  });
});

describe('correctionOf', () => {
  const run = { ...request(), plan: KEPT, path: 'stock' as const };

  it('takes the largest of what past runs held against their estimates', () => {
    const held = peakMemoryBytes(run);
    expect(correctionOf([], run)).toBeNull();
    const past = [0.9, 1].map((share) => ({ ...run, peak_memory_bytes: share * held }));
    expect(correctionOf(past, run)).toBeCloseTo(1, 3);
  });

  it('takes only runs whose adapters computed as those of the run will', () => {
    const { settings } = request({ precision: 'bf16' });
    const narrow = { ...run, settings, weight_bytes: 2 as const };
    const held = (path: 'stock' | 'fast') => peakMemoryBytes({ ...narrow, path });
    const stock = { ...narrow, path: 'stock' as const, peak_memory_bytes: held('stock') };
    const fast = { ...narrow, path: 'fast' as const, peak_memory_bytes: held('fast') };
    expect(stock.peak_memory_bytes).toBeGreaterThan(1.1 * fast.peak_memory_bytes);
    expect(correctionOf([stock], narrow)).toBeNull();
    expect(correctionOf([stock, fast], narrow)).toBeCloseTo(1, 3);
    // The same settings, computed by a version that knew one path alone.
    expect(correctionOf([fast, stock], request({ precision: 'bf16', variant: 'dora' }))).toBeCloseTo(1, 3);
  });
});
