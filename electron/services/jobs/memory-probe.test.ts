import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { readJobFile } from './run-folder';
import { openWorld, removeWorld, type World } from './testing';

const Queued = z.object({ status: z.literal('queued') });

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const request = (lora_rank: number) =>
  ({
    dataset_id: world.dataset_id,
    base_model_id: world.base_model_id,
    preset_id: 'balanced',
    changes: { lora_rank, batch_size: 4 },
  }) as const;
const estimated = async (rank = 16) => {
  const { memory_bytes, memory_method } = await world.estimates.estimate(request(rank));
  return { ...memory_bytes, method: memory_method };
};

it('a probe is what the estimate of its run then says, and corrects that of its kin', async () => {
  expect((await estimated()).method).toContain('± 10 %');
  await world.jobs.memoryProbe.run({ ...request(16), name: 'probe' });
  const found = await estimated();
  expect(found).toMatchObject({ low: 1.94e9, expected: 2e9 });
  expect(found.high).toBeGreaterThan(2.06e9);
  expect(found.method).toMatch(/^As two steps at the longest row held on this machine; ± 3 %\. Beyond that,/);
  const kin = await estimated(32);
  expect(kin.method).toContain('one probe of this architecture');
  expect(kin.expected).toBeGreaterThan(1.9e9);
  expect(await leftBehind()).toEqual([]);
  expect(await world.jobs.list()).toEqual([]);
});

const keptProbes = async () => {
  const all = Object.entries(await world.repositories.settings.all());
  const [key, kept] = all.find(([each]) => each.startsWith('memory_probes cpu ')) ?? ['', []];
  return { key, kept: z.array(z.unknown()).parse(kept) };
};

it('keeps the newest probe of a run, and those of the five newest runs of a kind', async () => {
  for (const rank of [4, 8, 8, 8, 8, 8, 8])
    await world.jobs.memoryProbe.run({ ...request(rank), name: 'probe' });
  const ranks = async () =>
    z.array(z.object({ settings: z.object({ lora_rank: z.number() }) })).parse((await keptProbes()).kept);
  expect((await ranks()).map(({ settings }) => settings.lora_rank)).toEqual([8, 4]);
  for (const rank of [12, 16, 20, 24]) await world.jobs.memoryProbe.run({ ...request(rank), name: 'probe' });
  expect((await ranks()).map(({ settings }) => settings.lora_rank)).toEqual([24, 20, 16, 12, 8]);
});

it('leaves what a newer version has kept', async () => {
  await world.jobs.memoryProbe.run({ ...request(16), name: 'probe' });
  const { key, kept } = await keptProbes();
  const newer = { probed: true, of: 'a newer version' };
  await world.repositories.settings.set(key, [newer, ...kept]);
  await world.jobs.memoryProbe.run({ ...request(16), name: 'probe' });
  expect((await keptProbes()).kept).toEqual([...kept, newer]);
});

const leftBehind = async () =>
  (await readdir(world.paths.cacheDir)).filter((name) => name.startsWith('probe-'));

/** There as long as a held probe is at work. */
const mark = () => join(world.dir, 'probing');

/** One under way; answers how it ends. */
const begun = async () => {
  const ending: Promise<unknown> = world.jobs.memoryProbe
    .run({ ...request(16), name: 'held' })
    .catch((error: unknown) => error);
  await expect.poll(() => existsSync(mark())).toBe(true);
  return { ending };
};

it('ends when it is stopped, or another trial begins, and keeps nothing', async () => {
  const first = await begun();
  world.jobs.memoryProbe.stop();
  expect(await first.ending).toMatchObject({ code: 'memory_probe_stopped' });
  const second = await begun();
  await world.jobs.rateTest.run({ ...request(16), name: 'plain' }, { steps: 1 });
  expect(await second.ending).toMatchObject({ code: 'memory_probe_stopped' });
  expect((await estimated()).method).toContain('± 10 %');
});

it('gives way to a run of another process', async () => {
  const { ending } = await begun();
  const other = await openWorld({ dir: world.dir });
  await other.create('plain');
  expect(await ending).toMatchObject({ code: 'trial_beside_run' });
  await other.close();
});

describe('a run that is started meanwhile finds the memory that the probe held free again', () => {
  /** Whether a probe was at work whenever a run was said to be in the queue. */
  let beside: boolean[];

  beforeEach(async () => {
    beside = [];
    await world.close();
    const publish = (_name: string, payload: unknown) => {
      if (Queued.safeParse(payload).success) beside.push(existsSync(mark()));
    };
    const free_bytes = () => (existsSync(mark()) ? 1e6 : 16e9);
    world = await openWorld({ dir: world.dir, free_bytes, listener: { publish } });
  });

  const plan = async ({ id }: TrainingJob) => (await readJobFile(world.jobs.runDir(id))).memory;

  it('where it is new, or made again', async () => {
    const first = await begun();
    const job = await world.create('plain');
    expect(await first.ending).toMatchObject({ code: 'trial_beside_run' });
    await world.jobs.cancel({ id: job.id, save: false, reason: null });
    const second = await begun();
    const again = await world.jobs.retry(job.id, { force: true });
    expect(await second.ending).toMatchObject({ code: 'trial_beside_run' });
    expect([await plan(job), await plan(again), beside]).toEqual([undefined, undefined, [false, false]]);
  });

  it('where it is resumed', async () => {
    const { id } = await world.create('crash');
    await world.runner.start();
    await world.until(id, 'failed');
    const { ending } = await begun();
    await world.jobs.resume(id);
    expect(await ending).toMatchObject({ code: 'trial_beside_run' });
    expect(beside).toEqual([false, false]);
  });
});

it('has left, with what it wrote, when the program ends', async () => {
  const { ending } = await begun();
  await world.jobs.stop();
  expect([existsSync(mark()), await leftBehind()]).toEqual([false, []]);
  expect(await ending).toMatchObject({ code: 'memory_probe_stopped' });
});

it('is not made beside a run at work', async () => {
  const { id } = await world.create('hold');
  await world.runner.start();
  await world.until(id, 'running');
  await expect(world.jobs.memoryProbe.run({ ...request(16), name: 'probe' })).rejects.toMatchObject({
    code: 'trial_beside_run',
  });
});
