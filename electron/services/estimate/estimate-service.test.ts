import { describe, expect, it } from 'vitest';
import { estimateWith, FREE, GIB, ID, OTHER, PAST, REQUEST, serviceWith } from './testing';

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
