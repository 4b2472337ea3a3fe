import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';
import { JobFile } from '../../../src/lib/types/run-folder';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import { openWorld, removeWorld, type World } from './testing';

let world: World;

beforeEach(async () => {
  world = await openWorld({ stop_patience_ms: 1500 });
  await world.runner.start();
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

const PATIENT = { timeout: 20_000 };

/** Goes on with a killed run until its second attempt loads the model. */
const loading = async (id: string): Promise<void> => {
  await world.until(id, 'interrupted');
  await world.jobs.resume(id);
  await expect.poll(async () => (await world.jobs.get(id)).current_stage, PATIENT).toBe('model_loading');
};

describe('a run', () => {
  it('goes from its folder to a stored model', async () => {
    const job = await world.create('plain');
    const runDir = world.jobs.runDir(job.id);
    const file = JobFile.parse(await json(join(runDir, 'job.json')));
    const split = SplitFile.parse(await json(join(runDir, 'split.json')));
    expect(split.train.length + split.held_out.length).toBe(20);
    expect(file.total_steps).toBe(Math.ceil(split.train.length / 8) * 5);
    expect(file.sample_prompts.length).toBeGreaterThan(0);
    const done = await world.until(job.id, 'completed', 'failed');
    expect(done).toMatchObject({
      status: 'completed',
      progress: 100,
      current_step: 6,
      total_steps: 6,
      error_code: null,
    });
    const [artifact] = await world.models.list();
    expect(artifact).toMatchObject({ id: done.artifact_id, job_id: job.id, source_step: 6 });
    expect(artifact?.quality_metrics).toMatchObject({ final_validation_loss: 1.5, base_validation_loss: 2 });
    expect(artifact?.artifacts.map(({ name }) => name)).toEqual([
      'adapter_model.safetensors',
      'adapter_config.json',
      'training_args.json',
      'training_log.jsonl',
    ]);
    const events = await world.jobs.events({ id: job.id, offset: 0, limit: 100 });
    expect(events.events.at(-1)?.event).toBe('completed');
    expect((await world.jobs.metrics(job.id)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await world.jobs.checkpoints(job.id)).length).toBe(3);
    expect(await world.jobs.attempts(job.id)).toMatchObject([
      { number: 1, exit_code: 0, end_reason: 'completed' },
    ]);
    expect((await world.jobs.logs({ id: job.id, offset: 0, limit: 10 })).lines[0]?.text).toBe(
      'attempt 1 begins',
    );
    expect(world.failures).toEqual([]);
  });

  it.each(['lossy', 'torn', 'overlong', 'flood', 'nan'])(
    'survives %s output without losing or doubling',
    async (name) => {
      const job = await world.create(name);
      await world.until(job.id, 'completed');
      expect((await world.jobs.metrics(job.id)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
      const News = z.object({ events: z.array(z.object({ seq: z.number() })) });
      const seqs = world.published
        .filter((each) => each.name === 'jobs.news')
        .flatMap(({ payload }) => News.parse(payload).events.map(({ seq }) => seq));
      expect(new Set(seqs).size).toBe(seqs.length);
    },
  );

  it.each([
    ['silent-exit', ['failed', 'protocol_incomplete', 'failed']],
    ['crash', ['failed', 'trainer_crashed', 'failed']],
    ['oom', ['failed', 'out_of_memory', 'failed']],
    ['no-adapter', ['failed', 'adapter_unusable', 'completed']],
    ['unloadable', ['failed', 'adapter_unusable', 'completed']],
    ['sigkill', ['interrupted', 'interrupted', 'killed']],
  ] as const)('%s ends as %j', async (name, [status, code, end_reason]) => {
    const job = await world.create(name);
    const ended = await world.until(job.id, 'failed', 'interrupted', 'completed');
    expect(ended).toMatchObject({ status, error_code: code });
    expect(await world.jobs.attempts(job.id)).toMatchObject([{ end_reason }]);
    expect(await world.models.list()).toEqual([]);
    if (name === 'sigkill') expect(ended.error_message).toContain('SIGKILL');
  });

  it('keeps how the attempt ended when its adapter turns out to be unusable', async () => {
    const job = await world.create('no-adapter');
    await world.until(job.id, 'failed');
    expect(await world.jobs.attempts(job.id)).toMatchObject([{ exit_code: 0, end_reason: 'completed' }]);
  });

  it('is cancelled while it rests, also where no process runs the queue', async () => {
    const job = await world.create('hold');
    await world.until(job.id, 'running');
    await world.jobs.pause(job.id);
    await world.until(job.id, 'paused');
    await world.runner.stop();
    await world.jobs.cancel({ id: job.id, save: false, reason: 'no longer needed' });
    expect(await world.jobs.get(job.id)).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'no longer needed',
    });
  });

  it('is paused and goes on with the next attempt', async () => {
    const job = await world.create('hold');
    await world.until(job.id, 'running');
    await world.jobs.pause(job.id);
    expect(await world.until(job.id, 'paused')).toMatchObject({ error_code: null });
    expect(await codeOf(world.jobs.pause(job.id))).toBe('job_state');
    await world.jobs.resume(job.id);
    await world.until(job.id, 'running');
    expect((await world.jobs.get(job.id)).attempt).toBe(2);
    await world.jobs.sampleNow(job.id, 'Own question?');
    await world.jobs.cancel({ id: job.id, save: true, reason: 'enough' });
    expect(await codeOf(world.jobs.pause(job.id))).toBe('job_state');
    const ended = await world.until(job.id, 'cancelled');
    expect(ended.cancel_reason).toBe('enough');
    expect(await world.models.list()).toMatchObject([{ job_id: job.id, id: ended.artifact_id }]);
    expect(await world.jobs.samples(job.id)).toMatchObject([{ prompt: 'Own question?' }]);
  });

  it('is killed when it does not hear, and ends as asked', async () => {
    const job = await world.create('deaf');
    await world.until(job.id, 'running');
    await sleep(300);
    await world.jobs.cancel({ id: job.id, save: false, reason: null });
    expect(await world.until(job.id, 'cancelled')).toMatchObject({ artifact_id: null });
  });

  it.each(['deaf', 'sigkill load'])(
    'leaves its best checkpoint where that is wanted and %s saves nothing',
    async (name) => {
      const job = await world.create(name);
      await world.until(job.id, 'running', 'interrupted');
      if (name === 'deaf')
        await expect.poll(async () => (await world.jobs.checkpoints(job.id)).length, PATIENT).toBe(1);
      else await loading(job.id);
      await world.jobs.cancel({ id: job.id, save: true, reason: 'enough' });
      const ended = await world.until(job.id, 'cancelled', 'failed');
      expect(ended).toMatchObject({ status: 'cancelled', cancel_reason: 'enough' });
      expect(await world.models.list()).toMatchObject([{ id: ended.artifact_id, source_step: 2 }]);
    },
  );

  it.each([true, false])(
    'makes no model of what never learned, and says so where one was wanted: %s',
    async (save) => {
      const job = await world.create('untrained');
      await world.until(job.id, 'paused');
      await world.jobs.cancel({ id: job.id, save, reason: null });
      const ended = await world.until(job.id, 'cancelled', 'failed');
      expect(ended).toMatchObject({ status: 'cancelled', artifact_id: null });
      expect(ended.error_message).toEqual(save ? expect.stringContaining('nothing to keep') : null);
      expect(await world.models.list()).toEqual([]);
    },
  );

  it('resumes after a kill, with an unbroken seq', async () => {
    const job = await world.create('sigkill');
    await world.until(job.id, 'interrupted');
    await world.jobs.resume(job.id);
    expect(await world.until(job.id, 'completed')).toMatchObject({ attempt: 2 });
    const lines = (await readFile(join(world.jobs.runDir(job.id), 'events.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    expect((await world.jobs.get(job.id)).last_seq).toBe(lines.length);
  });
});

describe('the queue', () => {
  it('runs one job at a time, in the order given', async () => {
    const first = await world.create('hold first');
    const [second, third] = [await world.create('plain second'), await world.create('plain third')];
    await world.until(first.id, 'running');
    await world.jobs.move(third.id, 0);
    expect((await world.jobs.get(second.id)).status).toBe('queued');
    await world.jobs.cancel({ id: first.id, save: false, reason: null });
    await world.runner.idle();
    const [two, three] = [await world.jobs.get(second.id), await world.jobs.get(third.id)];
    expect([two.status, three.status]).toEqual(['completed', 'completed']);
    expect(Date.parse(three.started_at ?? '')).toBeLessThan(Date.parse(two.started_at ?? ''));
  });

  it('cancels what has not begun', async () => {
    const first = await world.create('hold');
    const second = await world.create('plain');
    await world.until(first.id, 'running');
    expect((await world.jobs.cancel({ id: second.id, save: false, reason: null })).status).toBe('cancelled');
  });
});

describe('refusals leave the job as it was', () => {
  it('unknown, final and repeated', async () => {
    const { id } = await world.create('oom');
    const job = await world.until(id, 'failed');
    expect(await codeOf(world.jobs.resume(job.id))).toBe('resume_refused');
    expect(await codeOf(world.jobs.cancel({ id: job.id, save: false, reason: null }))).toBe('job_state');
    let last = job;
    for (let round = 0; round < 5; round += 1) {
      const again = await world.jobs.retry(last.id);
      expect(again).toMatchObject({ retry_of: last.id, name: `oom (${String(round + 2)})` });
      last = await world.until(again.id, 'failed');
    }
    expect(await codeOf(world.jobs.retry(last.id))).toBe('retry_limit');
    expect(await codeOf(world.jobs.get('00000000-0000-4000-8000-000000000000'))).toBe('not_found');
  });
});

describe('deletion and models', () => {
  it('deletes a run with its model and its files', async () => {
    const job = await world.create('plain');
    const { artifact_id } = await world.until(job.id, 'completed');
    await world.jobs.delete(job.id);
    expect(await world.models.list()).toEqual([]);
    expect(world.published.at(-1)).toEqual({ name: 'models.removed', payload: { id: artifact_id } });
    expect(await codeOf(readFile(join(world.jobs.runDir(job.id), 'job.json')))).toMatch(/ENOENT/);
  });

  it('deletes no run that began meanwhile', async () => {
    await world.runner.stop();
    const job = await world.create('plain');
    const deletion = world.jobs.delete(job.id);
    await world.repositories.jobs.transition(job.id, { from: ['queued'], to: 'initializing' }, {});
    expect(await codeOf(deletion)).toBe('job_active');
    expect((await world.jobs.get(job.id)).status).toBe('initializing');
    expect(await codeOf(readFile(join(world.jobs.runDir(job.id), 'job.json')))).toBe('accepted');
  });

  it('verifies, exports, generates and notices damage', async () => {
    const job = await world.create('plain');
    const { artifact_id } = await world.until(job.id, 'completed');
    const id = artifact_id ?? '';
    expect((await world.models.verify(id)).id).toBe(id);
    expect(await world.models.generate({ id, prompt: 'Hi', max_new_tokens: 5 })).toEqual({
      base: 'from base',
      adapter: 'from adapter',
    });
    expect(await world.models.export({ id, format: 'adapter', to: `${world.dir} out` })).toMatchObject({
      status: 'completed',
    });
    expect(await codeOf(world.models.export({ id, format: 'zip', to: `${world.dir} bad` }))).toBe(
      'export_unverified',
    );
    expect((await world.models.exports(id)).map(({ status }) => status).sort()).toEqual([
      'completed',
      'failed',
    ]);
    expect((await world.models.rename(id, 'New name')).name).toBe('New name');
    const [weights] = (await world.models.get(id)).artifacts;
    await rm(join(world.paths.storageDir, 'lora-models', weights?.path ?? ''));
    expect(await codeOf(world.models.verify(id))).toBe('artifact_damaged');
    await world.models.delete(id);
    expect(await world.models.list()).toEqual([]);
  });
});
