import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from './testing';

let world: World;

beforeEach(async () => {
  world = await openWorld();
  await world.runner.start();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const change = async (path: string, changes: Readonly<Record<string, unknown>>): Promise<void> => {
  const known: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...(known as object), ...changes }));
};

const asFolder = async (path: string): Promise<void> => {
  await rm(path);
  await mkdir(path);
};

it.each([
  ['empty', (path: string) => writeFile(path, ''), 'cut off or damaged'],
  ['a folder', asFolder, 'cannot be read as a file'],
  ['without a key', (path: string) => change(path, { dataset: undefined }), '“dataset” is missing'],
  ['no object', (path: string) => writeFile(path, '[]'), 'job.json of this run cannot be used'],
  ['of other steps', (path: string) => change(path, { total_steps: 9999 }), 'total_steps'],
])(
  'a run whose job.json is %s is refused in words, and tried again as a new one',
  async (_what, damage, words) => {
    const job = await world.create('sigkill');
    await world.until(job.id, 'interrupted');
    await damage(join(world.jobs.runDir(job.id), 'job.json'));
    await expect(world.jobs.resume(job.id)).rejects.toMatchObject({
      code: 'resume_refused',
      message: expect.stringContaining(words) as unknown,
      hint: 'Retry it: that makes a new run with the same settings.',
    });
    expect(await world.jobs.get(job.id)).toMatchObject({ status: 'interrupted', attempt: 1 });
    const again = await world.jobs.retry(job.id);
    expect(again.retry_of).toBe(job.id);
  },
);

it('what the trainer finds damaged is also tried again as a new run', async () => {
  const job = await world.create('sigkill split-lost');
  await world.until(job.id, 'interrupted');
  await expect(world.jobs.resume(job.id)).rejects.toMatchObject({
    code: 'resume_refused',
    message: 'split.json is not there.',
    hint: 'Retry it: that makes a new run with the same settings.',
  });
});
