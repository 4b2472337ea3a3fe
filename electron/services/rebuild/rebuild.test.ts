import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorPayload } from '../../../src/lib/types/system';
import { openDatabaseHere } from '../../db/client';
import { optionsIn, rawIn } from '../../db/testing';
import { DatasetPaths } from '../datasets/dataset-paths';
import { DatasetService } from '../datasets/dataset-service';
import { importFile } from '../datasets/import/import-file';
import { ReadingMemory } from '../datasets/reading-memory';
import { columnsOfVersion } from '../datasets/version-row';
import { openWorld, removeWorld, type World } from '../jobs/testing';
import { rebuildIfPending, settleRebuilt } from './rebuild';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const RECIPE = { encoding: 'gb18030', exclude: ['a'], fixes: ['trim'] };

/** The dataset's files where the product puts them, as an import would leave them. */
const store = async (userId: string): Promise<void> => {
  const bucket = join(world.paths.storageDir, 'lora-datasets');
  const [sha256 = ''] = await readdir(join(bucket, world.dataset_id, 'versions'));
  await mkdir(join(bucket, userId), { recursive: true });
  await rename(join(bucket, world.dataset_id), join(bucket, userId, world.dataset_id));
  const dir = join(bucket, userId, world.dataset_id, 'versions', sha256);
  await writeFile(join(dir, 'records.idx'), Buffer.alloc(21 * 8));
  await writeFile(join(dir, 'problems.jsonl'), '');
  await writeFile(join(dir, 'source'), 'the original');
  await writeFile(join(dir, 'recipe.json'), JSON.stringify(RECIPE));
  await copyFile(join(dir, 'dataset.jsonl'), join(bucket, userId, world.dataset_id, 'dataset.jsonl'));
};

const currentVersion = async () => {
  const { datasetVersions } = world.repositories;
  const version = await datasetVersions.current(world.dataset_id);
  return { ...version, recipe: await datasetVersions.recipe(version?.id ?? '') };
};

/** The backup that the next start puts in the place of a lost database. */
const keepCopy = async (): Promise<void> => {
  const file = rawIn(world.dir);
  file.pragma('wal_checkpoint(TRUNCATE)');
  file.close();
  await mkdir(join(world.dir, 'backups'));
  await copyFile(join(world.dir, 'pipeline.db'), join(world.dir, 'backups', 'pipeline-2026.db'));
};

interface Reopened {
  readonly restored: ErrorPayload | null;
  readonly rebuilt: ErrorPayload | null;
}

/** The next start of the product: the database, what is read in, and the recovery. */
const startAgain = async (): Promise<Reopened> => {
  const known = await world.repositories.baseModels.get(world.base_model_id);
  if (known === null) throw new Error('the world has a base model');
  await world.close();
  await truncate(join(world.dir, 'pipeline.db'), 0);
  const database = openDatabaseHere(optionsIn(world.dir));
  const userId = (await database.profile()).id;
  const repositories = database.forUser(userId);
  const { id: _id, user_id: _user, created_at: _created, revision: _revision, ...model } = known;
  const baseModels = {
    list: () => repositories.baseModels.list(),
    add: () => repositories.baseModels.upsert(model),
  };
  const rebuilt = await rebuildIfPending({ repositories, baseModels, paths: world.paths, userId });
  const restored = database.notice;
  await database.close();
  world = await openWorld({ dir: world.dir });
  await settleRebuilt({ datasets: datasetsOf(userId), runner: world.runner });
  return { restored, rebuilt };
};

const datasetsOf = (userId: string): DatasetService =>
  new DatasetService({
    repositories: world.repositories,
    publisher: { publish: () => undefined },
    memory: new ReadingMemory(world.repositories.settings),
    paths: new DatasetPaths({
      ...world.paths,
      bucketDir: join(world.paths.storageDir, 'lora-datasets'),
      userId,
    }),
    runImport: (request) => importFile(request),
    sample: { path: '', name: '' },
    now: () => new Date().toISOString(),
  });

describe('S02, S03: runs are read in again from their folders', () => {
  it('as they ended, with every figure and their models, for their owner', async () => {
    await world.runner.start();
    const done = await world.create('plain');
    await world.until(done.id, 'completed');
    const failed = await world.create('oom');
    await world.until(failed.id, 'failed');
    await world.runner.stop();
    await mkdir(join(world.paths.runsDir, 'notes of mine'));
    const waiting = await world.create('never started');
    await store(done.user_id);
    const before = {
      points: await world.jobs.metrics(done.id),
      sha256: (await world.models.list())[0]?.artifacts.map(({ sha256 }) => sha256),
    };
    const { restored, rebuilt } = await startAgain();
    expect([restored?.code, rebuilt?.code]).toEqual(['database_restored', 'database_rebuilt']);
    expect(rebuilt?.message).toContain('runs 3, datasets 1');
    const dataset = await world.repositories.datasets.get(world.dataset_id);
    expect(dataset).toMatchObject({ name: 'Sample', status: 'ready', kind: 'sft', user_id: done.user_id });
    expect(await currentVersion()).toMatchObject({ records: 20, recipe: RECIPE });
    const jobs = await Promise.all([done, failed, waiting].map(({ id }) => world.jobs.get(id)));
    expect(jobs.map(({ status }) => status)).toEqual(['completed', 'failed', 'interrupted']);
    for (const [index, job] of [done, failed, waiting].entries())
      expect(Date.parse(jobs[index]?.created_at ?? '')).toBeLessThanOrEqual(Date.parse(job.created_at));
    expect(await world.jobs.metrics(done.id)).toEqual(before.points);
    expect((await world.models.list())[0]?.artifacts.map(({ sha256 }) => sha256)).toEqual(before.sha256);
    expect(existsSync(join(world.dir, 'rebuild-pending'))).toBe(false);
  });

  it('and one that an older copy holds as waiting is not trained twice', async () => {
    const job = await world.create('plain');
    await store(job.user_id);
    await keepCopy();
    await world.runner.start();
    await world.until(job.id, 'completed');
    const points = await world.jobs.metrics(job.id);
    const { restored, rebuilt } = await startAgain();
    expect(restored?.message).toContain('The copy of');
    expect(rebuilt?.message).toContain('runs 1, datasets 0');
    expect(await world.jobs.get(job.id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await world.jobs.metrics(job.id)).toEqual(points);
  });

  it('and what was under way is put right at once, though nobody works the queue', async () => {
    const { datasets } = world.repositories;
    const job = await world.create('plain');
    const bucket = join(world.paths.storageDir, 'lora-datasets', job.user_id);
    const row = { file_name: 'a', file_size: 1, storage_path: 'x/1', status: 'uploading' } as const;
    const stuck = await datasets.create({ name: 'Stuck', ...row });
    await mkdir(join(bucket, stuck.id, '.staging-999999-dead'), { recursive: true });
    await store(job.user_id);
    await keepCopy();
    const unknown = randomUUID();
    await mkdir(join(bucket, unknown, '.staging-999999-dead'), { recursive: true });
    await world.runner.start();
    await world.until(job.id, 'completed');
    await startAgain();
    expect(world.runner.owns).toBe(false);
    expect(await world.jobs.get(job.id)).toMatchObject({ status: 'completed' });
    const reason = expect.stringContaining('interrupted') as unknown;
    expect(await world.repositories.datasets.get(stuck.id)).toMatchObject({
      status: 'error',
      report: { reason },
    });
    expect(existsSync(join(bucket, unknown))).toBe(false);
    expect(await readdir(join(bucket, stuck.id))).toEqual([]);
  });

  it('with each version of a dataset as of its own kind, for when it is used again', async () => {
    const job = await world.create('waiting');
    await store(job.user_id);
    const text = `${JSON.stringify({ id: 'p', prompt: [], chosen: [], rejected: [] })}\n`;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const bucket = join(world.paths.storageDir, 'lora-datasets', job.user_id, world.dataset_id);
    const dir = join(bucket, 'versions', sha256);
    await mkdir(dir);
    await writeFile(join(dir, 'dataset.jsonl'), text);
    await writeFile(join(dir, 'records.idx'), Buffer.alloc(2 * 8));
    await writeFile(join(dir, 'source'), 'another original');
    await startAgain();
    const { datasets, datasetVersions } = world.repositories;
    const summaries = await Promise.all(
      (await datasetVersions.list(world.dataset_id)).map(({ id }) => datasetVersions.summary(id)),
    );
    expect(summaries.map(columnsOfVersion)).toMatchObject([
      { kind: 'sft', format: 'brightrun_lora_v4', file_size: 12, report: null, total_training_pairs: null },
      { kind: 'preference', format: 'preference', file_size: 16, report: null },
    ]);
    expect(await datasets.get(world.dataset_id)).toMatchObject({ kind: 'sft', format: 'brightrun_lora_v4' });
  });

  describe('beside a version, a folder that an edit has left', () => {
    const versionsDir = (userId: string) =>
      join(world.paths.storageDir, 'lora-datasets', userId, world.dataset_id, 'versions');

    /** Published by an edit, whose row was never written where it was killed. */
    const publish = async (userId: string): Promise<string> => {
      const text = `${JSON.stringify({ id: 'p', messages: [] })}\n`;
      const sha256 = createHash('sha256').update(text).digest('hex');
      const dir = join(versionsDir(userId), sha256);
      await mkdir(dir);
      await writeFile(join(dir, 'dataset.jsonl'), text);
      await writeFile(join(dir, 'records.idx'), Buffer.alloc(2 * 8));
      await writeFile(join(dir, 'problems.jsonl'), '');
      await writeFile(join(dir, 'source'), 'the original');
      return dir;
    };
    const stagingDir = (userId: string) => join(versionsDir(userId), '..', '.staging-999999-dead');
    const killedEdit = async (userId: string, announced: string): Promise<void> => {
      await mkdir(stagingDir(userId));
      await writeFile(join(stagingDir(userId), announced), '');
    };
    const readAgain = async () => {
      await startAgain();
      return (await world.repositories.datasetVersions.list(world.dataset_id)).length;
    };
    const EARLIER = new Date('2026-01-01T00:00:00Z');

    it('is none where that was killed before it was recorded', async () => {
      const job = await world.create('waiting');
      await store(job.user_id);
      const dir = await publish(job.user_id);
      await utimes(dir, EARLIER, EARLIER);
      await killedEdit(job.user_id, basename(dir));
      expect(await readAgain()).toBe(1);
      expect(await currentVersion()).toMatchObject({ records: 20 });
    });

    it.each([
      ['another version', '0'.repeat(64)],
      ['none, as a look does', 'dataset.jsonl'],
    ])('is one where what was not finished announced %s, whatever the times are', async (_, announced) => {
      const job = await world.create('waiting');
      await store(job.user_id);
      await killedEdit(job.user_id, announced);
      await utimes(stagingDir(job.user_id), EARLIER, EARLIER);
      await publish(job.user_id);
      expect(await readAgain()).toBe(2);
    });

    it('is one where what was not finished is gone before it is looked into', async () => {
      const job = await world.create('waiting');
      await store(job.user_id);
      await publish(job.user_id);
      await symlink(join(world.dir, 'nowhere'), stagingDir(job.user_id));
      expect(await readAgain()).toBe(2);
    });

    it('is one where nothing was left unfinished', async () => {
      const job = await world.create('waiting');
      await store(job.user_id);
      await publish(job.user_id);
      expect(await readAgain()).toBe(2);
    });

    it('is one where it is current, and so is what a run was made of', async () => {
      const job = await world.create('waiting');
      await store(job.user_id);
      const dir = await publish(job.user_id);
      await killedEdit(job.user_id, basename(dir));
      await copyFile(join(dir, 'dataset.jsonl'), join(versionsDir(job.user_id), '..', 'dataset.jsonl'));
      expect(await readAgain()).toBe(2);
      expect(await currentVersion()).toMatchObject({ records: 1 });
    });
  });

  it('and one whose dataset is gone is named, kept, and tried again', async () => {
    const job = await world.create('lost');
    await rm(join(world.paths.storageDir, 'lora-datasets'), { recursive: true });
    const { rebuilt } = await startAgain();
    expect(rebuilt?.message).toContain('could not be: lost.');
    expect(existsSync(world.jobs.runDir(job.id))).toBe(true);
    expect(existsSync(join(world.dir, 'rebuild-pending'))).toBe(true);
  });
});
