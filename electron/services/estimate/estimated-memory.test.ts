import { describe, expect, it } from 'vitest';
import { FREE, GIB, model, REQUEST, serviceWith } from './testing';

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
