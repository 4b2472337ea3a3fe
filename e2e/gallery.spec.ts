import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { BaseModel } from '../src/lib/types/base-model';
import { Dataset, TrainingJob } from '../src/lib/types/lora-training';
import { call, jobOf, show, whenJob } from './app';
import { launch, removeDataDir, type LaunchedApp } from './launch';

const PICTURES = join(import.meta.dirname, 'gallery');
const ROOT = join(import.meta.dirname, '..');
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['light', 'dark'] as const;
const REAL_PYTHON =
  process.env['PIPELINE_PYTHON'] ?? join(ROOT, 'resources', 'runtime', 'python', 'bin', 'python');
/** A run of this name is photographed under way; the scripted trainer plays it. */
const PLAYED = 'evening|long|aggressive';
const PLAYED_STEPS = 240;

const TINY = {
  max_steps: 4,
  batch_size: 2,
  max_length: 128,
  eval_steps: 2,
  save_steps: 2,
  validation_share: 0.02,
};
const LONG = { ...TINY, max_steps: 400, eval_steps: 50, save_steps: 50 };

const QUESTION = { id: 'winter', text: 'How do I keep my house warm in winter?' };

let pipeline: LaunchedApp;

const chat = (user: string, assistant: string) =>
  JSON.stringify({
    messages: [
      { role: 'system', content: 'You are the help desk of a shared microscopy facility.' },
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ],
  });

const FIELD_REPORTS = [
  chat('Which objective for 200 µm slices?', 'The 25× water objective; its working distance is 2 mm.'),
  chat('Stitching leaves a seam at tile 7.', 'Raise the overlap to 15 % and run the flat field again.'),
  '{"messages": [{"role": "user", "content": "The stage drifts ov',
  chat(
    'The confocal shows horizontal stripes since this morning.',
    'Take one dark frame with the room dark.',
  ),
  chat(
    'The confocal shows horizontal stripes since this morning.',
    'Take one dark frame with the room dark.',
  ),
  JSON.stringify({ messages: [{ role: 'user', content: 'May I book the two-photon on Sunday?' }] }),
  JSON.stringify({ messages: [{ role: 'wizard', content: 'Camera shows hot pixels' }] }),
  chat('', 'An answer to a question that was never asked.'),
  '["not", "a", "record"]',
  chat('Can I clean the immersion oil off a 63× myself?', 'Yes: lens paper, one drop of solvent, one wipe.'),
];

const GLOSSARY = JSON.stringify(
  Array.from({ length: 40 }, (_, index) => ({
    instruction: `Explain term ${index + 1} of the glossary in one sentence.`,
    output: `Term ${index + 1} names the part of the instrument that the beam meets in place ${index + 1}.`,
  })),
);

const importFiles = async (page: Page, files: Readonly<Record<string, string>>): Promise<void> => {
  const folder = join(pipeline.dataDir, 'originals');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const paths = Object.keys(files).map((name) => join(folder, name));
  await call(page, { name: 'datasets.import', input: { paths } }, z.array(Dataset));
};

const allRead = async (page: Page, count: number): Promise<Dataset[]> => {
  const read = async () =>
    (await call(page, { name: 'datasets.list' }, z.array(Dataset))).filter(
      ({ status }) => status === 'ready' || status === 'error',
    );
  await expect.poll(async () => (await read()).length).toBe(count);
  return read();
};

const createJob = (
  page: Page,
  { dataset, ...rest }: { dataset: string; name: string; changes: object; sample_prompts?: object[] },
): Promise<TrainingJob> =>
  call(page, { name: 'base_models.list' }, z.array(BaseModel)).then(([base]) => {
    const input = { dataset_id: dataset, base_model_id: base?.id, preset_id: 'custom', ...rest };
    return call(page, { name: 'jobs.create', input }, TrainingJob);
  });

/** Datasets of three shapes and one real run of a few steps. */
const fill = async (page: Page) => {
  const sample = await call(page, { name: 'datasets.import_sample' }, Dataset);
  await importFiles(page, {
    'Field reports, spring.jsonl': FIELD_REPORTS.join('\n'),
    'glossary.json': GLOSSARY,
  });
  const datasets = await allRead(page, 3);
  const first = await createJob(page, {
    dataset: sample.id,
    name: 'Lighthouse keeper, first look',
    changes: TINY,
    sample_prompts: [QUESTION],
  });
  const finished = await whenJob(page, first.id, ['completed', 'failed']);
  expect(finished.error_message).toBeNull();
  return {
    sample: sample.id,
    reports: datasets.find(({ name }) => name.startsWith('Field'))?.id ?? '',
    finished: finished.id,
    model: finished.artifact_id ?? '',
  };
};

/** One job that failed, one paused, one running, one waiting; answers the running one. */
const fillQueue = async (page: Page, dataset: string): Promise<string> => {
  const create = (name: string, changes: object) => createJob(page, { dataset, name, changes });
  const short = await create('Lighthouse keeper, cut short', { ...TINY, max_length: 64 });
  await whenJob(page, short.id, ['failed']);
  const paused = await create('Lighthouse keeper, evening tone', LONG);
  await expect.poll(async () => (await jobOf(page, paused.id)).current_step).toBeGreaterThan(60);
  await call(page, { name: 'jobs.pause', input: { id: paused.id } }, TrainingJob);
  await whenJob(page, paused.id, ['paused']);
  const running = await create('Lighthouse keeper, long answers', LONG);
  await create('Lighthouse keeper, aggressive', LONG);
  await expect.poll(async () => (await jobOf(page, running.id)).current_step).toBe(PLAYED_STEPS);
  return running.id;
};

const dress = async (page: Page, theme: 'light' | 'dark', size: (typeof SIZES)[number]): Promise<void> => {
  await call(page, { name: 'settings.set', input: { theme } }, z.unknown());
  await page.setViewportSize(size);
  await expect(page.locator('html')).toHaveClass(theme);
};

/** The pictures are for everyone: folders of the machine that took them become neutral ones. */
const hideFolders = (page: Page): Promise<void> =>
  page.evaluate(
    (folders) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        for (const [from, to] of folders) node.nodeValue = node.nodeValue?.replaceAll(from, to) ?? null;
      }
    },
    [
      [pipeline.dataDir, '/home/you/.local/share/pipeline'],
      [ROOT, '/opt/pipeline'],
    ] as const,
  );

const settled = async (page: Page): Promise<void> => {
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.getByRole('status', { name: /…$/ })).toHaveCount(0);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0, { timeout: 120_000 });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
};

const take = async (page: Page, name: string): Promise<void> => {
  await settled(page);
  await hideFolders(page);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
};

const violations = async (page: Page): Promise<string[]> => {
  const found = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
};

const inEveryDress = async (page: Page, name: string, arrange: () => Promise<void>): Promise<void> => {
  for (const size of SIZES) {
    for (const theme of THEMES) {
      await dress(page, theme, size);
      await arrange();
      await take(page, `${name}-${theme}-${size.width}`);
      if (size === SIZES[0]) expect.soft(await violations(page), `${name} in ${theme}`).toEqual([]);
    }
  }
};

/** A Python that hands the runs to be played to the script and all else to the real one. */
const writePython = async (folder: string): Promise<string> => {
  const python = join(folder, 'python');
  const trainer = join(PICTURES, 'trainer.mjs');
  const script = [
    '#!/bin/sh',
    `if [ "$3" = run ] && grep -qE '"name": ?".*(${PLAYED})' "$4/job.json"; then`,
    `  shift 3; exec '${process.execPath}' '${trainer}' "$@"`,
    'fi',
    `exec '${REAL_PYTHON}' "$@"`,
  ];
  await writeFile(python, script.join('\n'), { mode: 0o755 });
  return python;
};

let pythonDir: string;

test.beforeAll(async () => {
  pythonDir = await mkdtemp(join(tmpdir(), 'pipeline-gallery-'));
  pipeline = await launch({ env: { PIPELINE_PYTHON: await writePython(pythonDir) } });
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
  await rm(pythonDir, { recursive: true, force: true });
});

test('empty lists', async () => {
  const { page } = pipeline;
  await dress(page, 'light', SIZES[0]);
  for (const [name, path] of [
    ['datasets', '/datasets'],
    ['jobs', '/jobs'],
    ['models', '/models'],
  ] as const) {
    await show(page, path);
    await take(page, `empty-${name}-light-1280`);
  }
});

test('a data folder full of real things', async () => {
  // Four real steps and their answers take minutes on a busy processor.
  test.setTimeout(1_800_000);
  const { page } = pipeline;
  const made = await fill(page);
  const running = await fillQueue(page, made.sample);
  const tab = async (path: string, name: string) => {
    await show(page, path);
    await page.getByRole('tab', { name }).click();
  };
  await dress(page, 'light', SIZES[0]);
  for (const [name, label] of [
    ['overview', 'Overview'],
    ['problems', 'Problems'],
    ['conversations', 'Conversations'],
  ] as const) {
    await tab(`/datasets/${made.reports}`, label);
    await take(page, `dataset-${name}-light-1280`);
  }
  await inEveryDress(page, 'dataset', () => tab(`/datasets/${made.sample}`, 'What the model sees'));
  for (const [name, path] of [
    ['start', '/'],
    ['datasets', '/datasets'],
    ['new-run', `/new-run/dataset/${made.sample}`],
    ['jobs', '/jobs'],
    ['job', `/jobs/${running}`],
    ['models', '/models'],
    ['model', `/models/${made.model}`],
    ['settings', '/settings'],
  ] as const)
    await inEveryDress(page, name, () => show(page, path));
  await show(page, '/jobs');
  await inEveryDress(page, 'palette', () => page.keyboard.press('Control+k'));
});
