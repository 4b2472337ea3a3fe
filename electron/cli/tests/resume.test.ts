import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { World } from '../../services/jobs/testing';
import { CliBench } from '../testing';
import { textWith } from './matchers';

let bench: CliBench;
/** What another process sees. */
let world: World;
let sleeper: ChildProcess;

beforeEach(async () => {
  bench = await CliBench.create();
  sleeper = spawn('sleep', ['60']);
  world = await bench.beside(sleeper.pid).world();
});

afterEach(async () => {
  await world.close();
  sleeper.kill();
  await bench.remove();
});

it('a resume that would not be exact ends with 4 until --inexact is given', async () => {
  const { id } = await world.create('sigkill elsewhere');
  expect((await bench.run('jobs', 'run')).code).toBe(75);
  const before = await world.jobs.get(id);
  const { code, documents } = await bench.run('jobs', 'resume', id, '--json');
  expect([code, documents()]).toMatchObject([
    4,
    [{ error: { code: 'resume_not_exact', message: textWith('torch'), hint: textWith('--inexact') } }],
  ]);
  expect(await world.jobs.get(id)).toEqual(before);
  expect((await bench.run('jobs', 'resume', id, '--inexact')).code).toBe(0);
  expect(await world.jobs.get(id)).toMatchObject({ status: 'completed' });
  const [shown] = (await bench.run('jobs', 'show', id, '--json')).documents();
  expect(shown).toMatchObject({
    attempts: [{ not_bit_exact: null }, { not_bit_exact: textWith('torch 2.9.0') }],
  });
  expect((await bench.run('jobs', 'show', id)).out).toMatch(
    /not bit for bit +since step 2, where attempt 2 went on: torch 2\.9\.0 → 2\.10\.0\n/,
  );
});

it('a resume of a damaged run folder ends with 4 and the way out', async () => {
  const { id } = await world.create('sigkill');
  expect((await bench.run('jobs', 'run')).code).toBe(75);
  await writeFile(join(world.jobs.runDir(id), 'job.json'), '');
  const { code, err } = await bench.run('jobs', 'resume', id);
  expect(code).toBe(4);
  expect(err).toContain('job.json of this run cannot be used: it is cut off or damaged.');
  expect(err).toContain('new run with the same settings');
});

it('a resume that trains steps again says so, and what it waits for, until --inexact is given', async () => {
  const { id } = await world.create('sigkill');
  expect((await bench.run('jobs', 'run')).code).toBe(75);
  const checkpoint = join(world.jobs.runDir(id), 'checkpoints/step-000002');
  await writeFile(join(checkpoint, 'adapter_model.safetensors'), 'damaged');
  const { code, err } = await bench.run('jobs', 'resume', id);
  expect(code).toBe(4);
  expect(err).toMatch(/^Checking that it is still the same run …\n/u);
  expect(err).toContain('it would begin at step 0, and steps 1 to 3 are trained again.');
  expect(err).toContain('--inexact');
  expect((await bench.run('jobs', 'resume', id, '--inexact')).code).toBe(0);
});
