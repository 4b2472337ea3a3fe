import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { BaseModel } from '../../src/lib/types/base-model';
import { Dataset, TrainingJob } from '../../src/lib/types/lora-training';
import { call, jobOf, whenJob } from '../app';
import type { LaunchedApp } from '../launch';
import { DESIGNED_PAIRS } from './designed-pairs';

/** The scripted trainer plays a run of one of these names: under way, to its end, or to where it breaks off. */
export const PLAYED = 'Try it|evening|long|aggressive|balanced|night|by heart|draft|cut short';
const STANDS_AT_STEP = 240;

const TINY = {
  max_steps: 4,
  batch_size: 2,
  max_length: 128,
  eval_steps: 2,
  save_steps: 2,
  validation_share: 0.02,
};
export const LONG = {
  ...TINY,
  batch_size: 8,
  max_steps: 400,
  eval_steps: 50,
  save_steps: 50,
  validation_share: 0.1,
};
const TRIED = { ...LONG, batch_size: 4, max_steps: 20, eval_steps: 10, save_steps: 10 };

const QUESTION = { id: 'winter', text: 'How do I keep my house warm in winter?' };

const chat = (user: string, assistant: string) =>
  JSON.stringify({
    messages: [
      { role: 'system', content: 'You are the help desk of a shared microscopy facility.' },
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ],
  });

const turn = (role: 'user' | 'assistant', content: string) => ({ role, content });

/** Longer than the length at which it is photographed. */
const LONG_TALK = JSON.stringify({
  messages: [
    turn('user', 'The confocal shows stripes in every image. The power meter reads normal.'),
    turn('assistant', 'Take one dark frame. If the stripes stay, record at half the scan speed.'),
    ...[1, 2, 3, 4, 5].flatMap((step) => [
      turn('user', `Step ${step} changed nothing. What is next?`),
      turn(
        'assistant',
        `Then go on to step ${step + 1}: close one shutter more, and compare the two frames.`,
      ),
    ]),
    turn('user', 'Half speed removed them. Do I have to recalibrate before the next booking?'),
    turn('assistant', 'Yes. Warm up for 30 min, then run the galvo calibration with the grid slide.'),
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
  LONG_TALK,
  JSON.stringify({
    messages: [
      turn('user', 'The focus drifts over night.'),
      turn('assistant', 'Leave the incubator on for four hours before the first frame.'),
      turn('user', 'And on Sunday?'),
    ],
  }),
  chat('Can I clean the immersion oil off a 63× myself?', 'Yes: lens paper, one drop of solvent, one wipe.'),
];

const HELPDESK = Array.from({ length: 60 }, (_, index) =>
  chat(
    `${index % 4 === 0 ? ' ' : ''}Slide ${index + 1} shows ${index % 2 === 0 ? 'a seam' : 'stripes'}. What now?`,
    `Take slide ${index + 1} again with the room dark, and compare.${index % 6 === 0 ? '\n\n' : ''}`,
  ),
);

/** The help desk's file as it might come back: one record more, one less, one said better. */
export const writeNewer = async (dataDir: string): Promise<string> => {
  const path = join(dataDir, 'Microscopy helpdesk, corrected.jsonl');
  const corrected = HELPDESK.filter((_, index) => index !== 7).map((line) =>
    line.replace(
      'Take slide 12 again with the room dark',
      'Take slide 12 again after the lamp has warmed up',
    ),
  );
  const added = chat('Who may book the confocal?', 'Everyone with a training card of this year.');
  await writeFile(path, [added, ...corrected].join('\n'));
  return path;
};

/** A version without three records, and one more with a safe fix. */
const makeVersions = async (page: Page, id: string): Promise<void> => {
  const found = await call(
    page,
    { name: 'datasets.record_ids', input: { id, query: 'slide 5', problem: null } },
    z.object({ ids: z.array(z.string()) }),
  );
  const nothing = { exclude: [], include: [], fixes: [] };
  for (const edit of [
    { ...nothing, exclude: found.ids.slice(0, 3) },
    { ...nothing, fixes: ['trim'] },
  ])
    await call(page, { name: 'datasets.edit', input: { id, edit } }, Dataset);
};

const GLOSSARY = JSON.stringify(
  Array.from({ length: 40 }, (_, index) => ({
    instruction: `Explain term ${index + 1} of the glossary in one sentence.`,
    output: `Term ${index + 1} names the part of the instrument that the beam meets in place ${index + 1}.`,
  })),
);

const importFiles = async (
  { page, dataDir }: LaunchedApp,
  files: Readonly<Record<string, string>>,
): Promise<void> => {
  const folder = join(dataDir, 'originals');
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

export const createJob = (
  page: Page,
  { dataset, ...rest }: { dataset: string; name: string; changes: object; sample_prompts?: object[] },
): Promise<TrainingJob> =>
  call(page, { name: 'base_models.list' }, z.array(BaseModel)).then(([base]) => {
    const input = { dataset_id: dataset, base_model_id: base?.id, preset_id: 'custom', ...rest };
    return call(page, { name: 'jobs.create', input }, TrainingJob);
  });

/** Datasets of four shapes and one real run of a few steps. */
export const fill = async (pipeline: LaunchedApp) => {
  const { page } = pipeline;
  const sample = await call(page, { name: 'datasets.import_sample' }, Dataset);
  await importFiles(pipeline, {
    'Field reports, spring.jsonl': FIELD_REPORTS.join('\n'),
    'glossary.json': GLOSSARY,
    'Advice on money.jsonl': DESIGNED_PAIRS,
    'Microscopy helpdesk.jsonl': HELPDESK.join('\n'),
  });
  const datasets = await allRead(page, 5);
  const edited = datasets.find(({ name }) => name.startsWith('Microscopy'))?.id ?? '';
  await makeVersions(page, edited);
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
    designed: datasets.find(({ name }) => name.startsWith('Advice'))?.id ?? '',
    edited,
    finished: finished.id,
    model: finished.artifact_id ?? '',
  };
};

/** The app sees a played trainer for seconds; its run tells of minutes, and its attempt has to agree. */
const agreeOnTime = async (dataDir: string, jobId: string): Promise<void> => {
  const events = await readFile(join(dataDir, 'runs', jobId, 'events.jsonl'), 'utf8');
  const [first, last] = [events.split('\n').at(0), events.trimEnd().split('\n').at(-1)].map(
    (line) => z.object({ time: z.string() }).parse(JSON.parse(line ?? '')).time,
  );
  const database = new DatabaseSync(join(dataDir, 'pipeline.db'), { timeout: 10_000 });
  database
    .prepare('UPDATE job_attempts SET started_at = ?, ended_at = ? WHERE job_id = ?')
    .run(first ?? null, last ?? null, jobId);
  database.close();
};

/** Jobs in every state; of the complete ones one is no better than the untouched model. */
export const fillQueue = async ({ page, dataDir }: LaunchedApp, dataset: string) => {
  const create = (name: string, changes: object) => createJob(page, { dataset, name, changes });
  const short = await create('Lighthouse keeper, cut short', LONG);
  await whenJob(page, short.id, ['failed']);
  const tried = await create('Try it: the lighthouse keeper', TRIED);
  await whenJob(page, tried.id, ['completed', 'failed']);
  const whole = await create('Lighthouse keeper, balanced', LONG);
  const { artifact_id } = await whenJob(page, whole.id, ['completed', 'failed']);
  const night = await create('Lighthouse keeper, through the night', LONG);
  await whenJob(page, night.id, ['interrupted', 'failed']);
  const paused = await create('Lighthouse keeper, evening tone', LONG);
  await expect.poll(async () => (await jobOf(page, paused.id)).current_step).toBeGreaterThan(60);
  await call(page, { name: 'jobs.pause', input: { id: paused.id } }, TrainingJob);
  await whenJob(page, paused.id, ['paused']);
  const learned = await create('Lighthouse keeper, by heart', TRIED);
  const { artifact_id: weak } = await whenJob(page, learned.id, ['completed', 'failed']);
  const draft = await create('Lighthouse keeper, first draft', LONG);
  await expect.poll(async () => (await jobOf(page, draft.id)).current_step).toBeGreaterThan(60);
  const wish = { id: draft.id, save: false, reason: 'the wrong version of the data' };
  await call(page, { name: 'jobs.cancel', input: wish }, TrainingJob);
  await whenJob(page, draft.id, ['cancelled']);
  const running = await create('Lighthouse keeper, long answers', LONG);
  const waiting = await create('Lighthouse keeper, aggressive', LONG);
  // From there on it goes on slowly.
  await expect
    .poll(async () => (await jobOf(page, running.id)).current_step, { timeout: 120_000 })
    .toBeGreaterThanOrEqual(STANDS_AT_STEP);
  for (const { id } of [tried, whole, night, paused, learned, draft]) await agreeOnTime(dataDir, id);
  await page.reload();
  await page.waitForSelector('h1');
  return {
    running: running.id,
    waiting: waiting.id,
    paused: paused.id,
    interrupted: night.id,
    failed: short.id,
    done: whole.id,
    cancelled: draft.id,
    worse: learned.id,
    model: artifact_id ?? '',
    weak: weak ?? '',
  };
};
