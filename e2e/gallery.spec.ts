import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
/** Enough for a curve and its smoothing. */
const STEPS_BEFORE_THE_PICTURES = 40;

const TINY = { max_steps: 4, batch_size: 2, max_length: 128, eval_steps: 2, save_steps: 2 };
const LONG = { ...TINY, max_steps: 400, eval_steps: 20, save_steps: 20 };

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

/** A data folder as a person would have it after a day: datasets, a finished run, one at work, one waiting. */
const fill = async (page: Page) => {
  const sample = await call(page, { name: 'datasets.import_sample' }, Dataset);
  await importFiles(page, {
    'Field reports, spring.jsonl': FIELD_REPORTS.join('\n'),
    'glossary.json': GLOSSARY,
  });
  const datasets = await allRead(page, 3);
  const [base] = await call(page, { name: 'base_models.list' }, z.array(BaseModel));
  const create = (name: string, changes: object) =>
    call(
      page,
      {
        name: 'jobs.create',
        input: {
          name,
          dataset_id: sample.id,
          base_model_id: base?.id,
          preset_id: 'custom',
          changes,
        },
      },
      TrainingJob,
    );
  const first = await create('Lighthouse keeper, first look', TINY);
  const finished = await whenJob(page, first.id, ['completed', 'failed']);
  expect(finished.error_message).toBeNull();
  const short = await create('Lighthouse keeper, cut short', { ...TINY, max_length: 64 });
  await whenJob(page, short.id, ['failed']);
  const stopped = await create('Lighthouse keeper, evening tone', LONG);
  await expect.poll(async () => (await jobOf(page, stopped.id)).current_step).toBeGreaterThan(2);
  await call(page, { name: 'jobs.pause', input: { id: stopped.id } }, TrainingJob);
  await whenJob(page, stopped.id, ['paused']);
  const running = await create('Lighthouse keeper, long answers', LONG);
  await create('Lighthouse keeper, aggressive', LONG);
  await expect
    .poll(async () => (await jobOf(page, running.id)).current_step, { timeout: 240_000 })
    .toBeGreaterThan(STEPS_BEFORE_THE_PICTURES);
  return {
    sample: sample.id,
    reports: datasets.find(({ name }) => name.startsWith('Field'))?.id ?? '',
    finished: finished.id,
    running: running.id,
    model: finished.artifact_id ?? '',
  };
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
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('status', { name: /…$/ })).toHaveCount(0);
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

const inEveryDress = async (page: Page, name: string, arrange: () => Promise<void>): Promise<void> => {
  for (const size of SIZES) {
    for (const theme of THEMES) {
      await dress(page, theme, size);
      await arrange();
      await take(page, `${name}-${theme}-${size.width}`);
      await page.keyboard.press('Escape');
    }
  }
};

test.beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true });
  pipeline = await launch();
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

test('empty lists', async () => {
  const { page } = pipeline;
  await dress(page, 'light', SIZES[0]);
  for (const [name, path] of [
    ['datasets', '/datasets'],
    ['jobs', '/jobs'],
    ['models', '/models'],
    ['new-run', '/new-run'],
  ] as const) {
    await show(page, path);
    await take(page, `empty-${name}-light-1280`);
  }
});

test('a data folder full of real things', async () => {
  const { page } = pipeline;
  const made = await fill(page);
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
    ['job', `/jobs/${made.running}`],
    ['models', '/models'],
    ['model', `/models/${made.model}`],
    ['settings', '/settings'],
  ] as const)
    await inEveryDress(page, name, () => show(page, path));
  await show(page, '/jobs');
  await inEveryDress(page, 'palette', () => page.keyboard.press('Control+k'));
});
