import { createHash, randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { JobAttempt } from '../src/lib/types/job-records';
import { TrainingJob } from '../src/lib/types/lora-training';
import { ModelArtifact } from '../src/lib/types/model-artifact';
import { bundledModel, call, importFile, jobOf, show, whenJob, whenJobRests } from './app';
import { writeChats } from './chats';
import { launch, removeDataDir, type LaunchedApp } from './launch';
import { alive, familyOf, whenGone } from './processes';
import { Figures, figuresOf, metricsOf, runDirOf, storedRows, whenBeyond, writtenEvents } from './run-files';

const STEPS = 6;
/** Five steps are a pass over the records, the last of them a short one: the runs end in their second pass. */
const SETTINGS = {
  learning_rate: 0.0005,
  lora_rank: 4,
  lora_dropout: 0.1,
  batch_size: 1,
  gradient_accumulation_steps: 2,
  max_steps: STEPS,
  max_length: 64,
  eval_steps: 2,
  save_steps: 2,
  validation_share: 0.25,
  seed: 11,
};
const SHOWN_WITHIN_MS = 3000;
const GONE_WITHIN_MS = 60_000;

// The same number kills at the same steps again.
const SEED = Number(process.env['PIPELINE_RECOVERY_SEED'] ?? randomInt(1_000_000));
const randomStep = (name: string, last: number): number =>
  1 + (createHash('sha256').update(`${SEED} ${name}`).digest().readUInt32BE() % last);

test.describe.configure({ mode: 'serial' });

let pipeline: LaunchedApp;
let folder: string;
let datasetId: string;
let whole: TrainingJob;
let killed: TrainingJob;
let orphaned: TrainingJob;

test.beforeAll(async () => {
  console.log(`PIPELINE_RECOVERY_SEED=${SEED}`);
  pipeline = await launch();
  folder = await mkdtemp(join(tmpdir(), 'pipeline recovery ü '));
  ({ id: datasetId } = await importFile(pipeline.page, await writeChats(folder)));
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
  await rm(folder, { recursive: true, force: true });
});

const startRun = async (name: string): Promise<TrainingJob> => {
  const { page } = pipeline;
  const { id: base_model_id } = await bundledModel(page);
  const made = { name, dataset_id: datasetId, base_model_id, preset_id: 'custom', changes: SETTINGS };
  const input = { ...made, sample_prompts: [] };
  return call(page, { name: 'jobs.create', input }, TrainingJob);
};

const runDir = ({ id }: TrainingJob): string => runDirOf(pipeline.dataDir, id);

const trainerOf = async ({ id }: TrainingJob): Promise<number> => {
  const attempts = await call(pipeline.page, { name: 'jobs.attempts', input: { id } }, z.array(JobAttempt));
  return z.int().min(1).parse(attempts.at(-1)?.pid);
};

/** The stored weights of a completed run, which are those in its run folder. */
const weightsOf = async (job: TrainingJob): Promise<Buffer> => {
  const { artifact_id: id } = await jobOf(pipeline.page, job.id);
  const { storage_path } = await call(pipeline.page, { name: 'models.get', input: { id } }, ModelArtifact);
  const stored = join(pipeline.dataDir, 'storage', 'lora-models', ...storage_path.split('/'));
  const [kept, made] = await Promise.all(
    [stored, join(runDir(job), 'adapter')].map((dir) => readFile(join(dir, 'adapter_model.safetensors'))),
  );
  expect(kept?.equals(made ?? Buffer.alloc(0))).toBe(true);
  return z.instanceof(Buffer).parse(kept);
};

/** What the mathematics of a run left behind, without clocks and attempts. */
const curveOf = async (job: TrainingJob) =>
  figuresOf(await writtenEvents(runDir(job))).map(
    ({ attempt: _a, timestamp: _t, throughput: _r, step_ms: _m, ...numbers }) => numbers,
  );

const header = (text: string) => pipeline.page.locator('main > header').getByText(text, { exact: true });

const stepsInTable = (name: RegExp): Promise<string[]> =>
  pipeline.page
    .getByRole('figure', { name: 'Loss' })
    .getByRole('table', { name })
    .getByRole('row')
    .locator('td:first-child')
    .allInnerTexts();

const stepsUpTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

/** Each attempt goes on after its checkpoint, step by step, and no line is lost or written twice. */
const expectWholeFile = async (job: TrainingJob): Promise<number> => {
  const events = await writtenEvents(runDir(job));
  expect(events.map(({ seq }) => seq)).toEqual(stepsUpTo(events.length));
  for (const hello of events.filter((event) => event.event === 'hello')) {
    const steps = metricsOf(events)
      .filter(({ attempt }) => attempt === hello.attempt)
      .map(({ step }) => step);
    expect(steps).toEqual(steps.map((_, at) => (steps[0] ?? 0) + at));
    const from = Number(hello.from_checkpoint?.split('-').at(-1) ?? 0);
    expect([from, from + 1]).toContain(steps[0] ?? from);
  }
  return metricsOf(events).at(-1)?.step ?? 0;
};

/** File, database, bridge and page have every step of the run once, with the same numbers. */
const expectEveryMetricOnce = async (job: TrainingJob): Promise<void> => {
  const last = await expectWholeFile(job);
  const events = await writtenEvents(runDir(job));
  const written = figuresOf(events);
  expect(written.map(({ step }) => step)).toEqual(stepsUpTo(last));
  const stored = storedRows(pipeline.dataDir, job.id);
  expect(stored.points).toEqual(written);
  expect(stored.events).toEqual(
    events
      .filter(({ event }) => event !== 'metrics' && event !== 'heartbeat')
      .map(({ seq, event }) => ({ seq, event })),
  );
  const given = await call(pipeline.page, { name: 'jobs.metrics', input: { id: job.id } }, z.array(Figures));
  expect(given).toEqual(written);
  await expect.poll(() => stepsInTable(/^training/)).toEqual(stepsUpTo(last).map(String));
  const evaluated = new Set(events.flatMap((event) => (event.event === 'evaluation' ? [event.step] : [])));
  await expect.poll(() => stepsInTable(/^held-out/)).toEqual([...evaluated].sort().map(String));
};

const openTable = async ({ id }: TrainingJob): Promise<void> => {
  await show(pipeline.page, `/jobs/${id}`);
  await pipeline.page.getByRole('button', { name: 'Show as a table' }).click();
};

test('a run that nothing disturbs completes', async () => {
  const { page } = pipeline;
  whole = await startRun('whole');
  expect(await whenJobRests(page, whole.id)).toMatchObject({ status: 'completed', attempt: 1 });
  // A result of an early step would not show what came after the kill.
  expect((await writtenEvents(runDir(whole))).at(-1)).toMatchObject({ source_step: STEPS });
  await openTable(whole);
  await expectEveryMetricOnce(whole);
});

test('SIGKILL of the trainer: interrupted in the window within 3 s', async () => {
  const { page } = pipeline;
  const at = randomStep('trainer', STEPS - 1);
  killed = await startRun('killed trainer');
  await show(page, `/jobs/${killed.id}`);
  await whenBeyond(runDir(killed), at - 1);
  const family = await familyOf(await trainerOf(killed));
  await expect(header('Running')).toBeVisible();
  const since = performance.now();
  for (const pid of family) process.kill(pid, 'SIGKILL');
  await header('Interrupted').waitFor({ timeout: SHOWN_WITHIN_MS });
  const shownMs = Math.round(performance.now() - since);
  console.log(`trainer killed after step ${at} of ${STEPS}: interrupted in the window after ${shownMs} ms`);
  expect(shownMs).toBeLessThan(SHOWN_WITHIN_MS);
  expect(await alive(family)).toEqual([]);
  await expect(page.getByRole('alert', { name: 'What happened' })).toContainText('killed by SIGKILL');
  expect(await jobOf(page, killed.id)).toMatchObject({ status: 'interrupted', attempt: 1 });
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expectEveryMetricOnce(killed);
});

const resume = async (job: TrainingJob): Promise<void> => {
  const { page } = pipeline;
  await page.getByRole('button', { name: 'Resume' }).click();
  await whenJob(page, job.id, ['initializing', 'running']);
  expect(await whenJobRests(page, job.id)).toMatchObject({
    status: 'completed',
    attempt: 2,
    current_step: STEPS,
    error_code: null,
  });
  await expect(header('Completed')).toBeVisible();
  await expectEveryMetricOnce(job);
};

const expectSameAsWhole = async (job: TrainingJob): Promise<void> => {
  expect(await curveOf(job)).toEqual(await curveOf(whole));
  const [made, wanted] = [await weightsOf(job), await weightsOf(whole)];
  expect(made.equals(wanted)).toBe(true);
};

test('resumed in the window, it ends with the weights of the run that nothing disturbed', async () => {
  await resume(killed);
  await expectSameAsWhole(killed);
});

test('SIGKILL of the app: the trainer saves and leaves within 60 s', async () => {
  const at = randomStep('app', STEPS - 3);
  orphaned = await startRun('killed app');
  await whenBeyond(runDir(orphaned), at - 1);
  const trainer = await trainerOf(orphaned);
  const main = z.int().parse(pipeline.app.process().pid);
  const family = await familyOf(main);
  expect(family).toContain(trainer);
  // Stopped first, the app misses at least one step, which only the run folder then knows.
  process.kill(main, 'SIGSTOP');
  await whenBeyond(runDir(orphaned), at);
  process.kill(main, 'SIGKILL');
  const goneMs = await whenGone([trainer], GONE_WITHIN_MS);
  await whenGone(family, GONE_WITHIN_MS);
  const end = (await writtenEvents(runDir(orphaned))).at(-1);
  console.log(`app killed after step ${at} of ${STEPS}: trainer saved and gone after ${goneMs} ms`);
  const step = await expectWholeFile(orphaned);
  expect(end).toMatchObject({ event: 'interrupted', reason: 'parent_gone', saved: true, step });
  expect(step).toBeGreaterThan(at);
  expect(step).toBeLessThan(STEPS);
  expect(storedRows(pipeline.dataDir, orphaned.id).points.length).toBeLessThan(step);
});

test('the next start shows it interrupted, with every metric', async () => {
  pipeline = await launch({ dataDir: pipeline.dataDir });
  const { page } = pipeline;
  expect(await whenJobRests(page, orphaned.id)).toMatchObject({ status: 'interrupted', attempt: 1 });
  await openTable(orphaned);
  for (const moment of ['after the start', 'after a reload']) {
    await test.step(moment, async () => {
      await expect(header('Interrupted')).toBeVisible();
      await expect(page.getByRole('alert', { name: 'What happened' })).toContainText('The app ended');
      const step = await expectWholeFile(orphaned);
      await expect(page.getByText(`${step} of ${STEPS}`)).toBeVisible();
      await expectEveryMetricOnce(orphaned);
    });
    await page.reload();
    await openTable(orphaned);
  }
  for (const job of [whole, killed]) expect((await jobOf(page, job.id)).status).toBe('completed');
});

test('resumed after that, it too ends with the same weights', async () => {
  await resume(orphaned);
  await expectSameAsWhole(orphaned);
});

test('no page complained in all of this', () => {
  expect(pipeline.complaints).toEqual([]);
});
