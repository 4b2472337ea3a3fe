import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Locator } from '@playwright/test';
import { z } from 'zod';
import { TrainingJob } from '../src/lib/types/lora-training';
import { ArtifactExport } from '../src/lib/types/model-artifact';
import { call, jobOf, whenJob } from './app';
import { writeChats } from './chats';
import { launch, removeDataDir, type LaunchedApp } from './launch';

/** More than any page has. */
const MOST_STOPS = 120;
/** For what a trainer does on a processor that others use as well. */
const SLOW = { timeout: 240_000 };
const STEPS = 30;

test.describe.configure({ mode: 'serial' });
test.setTimeout(600_000);

let pipeline: LaunchedApp;
let folder: string;
let jobId: string;

/** The file dialogs belong to the system; what a person would choose there is answered for them. */
const answerDialogs = (file: string, target: string): Promise<void> =>
  pipeline.app.evaluate(
    ({ dialog }, [chosen, saved]) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: saved });
    },
    [file, target] as const,
  );

test.beforeAll(async () => {
  pipeline = await launch();
  folder = await mkdtemp(join(tmpdir(), 'pipeline keyboard ü '));
  await answerDialogs(await writeChats(folder), join(folder, 'adapter'));
  // Whatever is reached below is reached by keys: a pointer would be a mistake of this test.
  await pipeline.page.evaluate(() => {
    window.addEventListener('pointerdown', () => console.error('a pointer was used'), { capture: true });
  });
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
  await rm(folder, { recursive: true, force: true });
});

const press = (...keys: readonly string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => pipeline.page.keyboard.press(key)), Promise.resolve());

/** What has the focus, where its ring cannot be seen; null where all is well. */
const invisibleFocus = (): Promise<string | null> =>
  pipeline.page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const ringed = [focused, focused.closest('label')].some((element) => {
      if (!element) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
    });
    const { top, bottom, left, right } = focused.getBoundingClientRect();
    const inView = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
    return ringed && inView ? null : focused.outerHTML.slice(0, 200);
  });

/** Tabs on until this has the focus; at each stop the focus must be seen. */
const tabTo = async (target: Locator): Promise<void> => {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await press('Tab');
    expect(await invisibleFocus(), 'focus without a visible ring').toBeNull();
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`The keyboard does not reach ${String(target)}.`);
};

const byPalette = async (words: string): Promise<void> => {
  await press('Control+k');
  await expect(pipeline.page.getByPlaceholder('Search or run…')).toBeFocused();
  await pipeline.page.keyboard.type(words);
  await press('Enter');
};

test('a file is imported from the palette', async () => {
  await byPalette('Import data');
  const card = pipeline.page.getByRole('region', { name: 'capitals.jsonl' });
  await expect(card.getByText('12 usable records of 12 records')).toBeVisible();
  await tabTo(pipeline.page.getByRole('button', { name: 'Import', exact: true }));
  await press('Enter');
  await tabTo(card.getByRole('link', { name: 'Open “capitals”' }));
  await press('Enter');
  await expect(pipeline.page.getByRole('heading', { level: 1, name: 'capitals' })).toBeVisible();
  await expect(pipeline.page.getByRole('tab', { name: 'Records 12' })).toBeVisible();
});

test('what the model sees is read record by record', async () => {
  const { page } = pipeline;
  await tabTo(page.getByRole('tab', { name: 'Overview' }));
  await press('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight');
  await expect(page.getByText(/^\d+ tokens, \d+ trained/)).toBeVisible(SLOW);
  await tabTo(page.getByRole('listbox', { name: 'Records' }));
  await press('ArrowDown');
  await expect(page.getByRole('heading', { name: 'Line 2' })).toBeVisible();
  await expect(page.locator('p.font-mono')).toContainText(['Italy']);
});

test('a run is filled in and started', async () => {
  const { page } = pipeline;
  await tabTo(page.getByRole('button', { name: 'New run' }));
  await press('Enter');
  await tabTo(page.getByRole('radio', { name: 'Conservative' }));
  await press('ArrowRight', 'ArrowRight', 'ArrowRight');
  await expect(page.getByRole('radio', { name: 'Your own' })).toBeChecked();
  await tabTo(page.getByRole('button', { name: /^Advanced/ }));
  await press('Enter');
  const settings = {
    'Learning rate': '0.005',
    'Batch size': '2',
    'Steps at most': String(STEPS),
    'Max length': '64',
    'Evaluate every': '2',
    'Checkpoint every': '2',
  };
  for (const [label, value] of Object.entries(settings)) {
    await tabTo(page.getByLabel(label, { exact: true }));
    await press('Control+a');
    await page.keyboard.type(value);
  }
  await expect(page.getByRole('button', { name: /^Advanced/ })).toContainText('6 changed');
  await press('Control+Enter');
  await page.waitForURL(/#\/jobs\//);
  jobId = page.url().split('/').at(-1) ?? '';
});

test('the run is watched, its curve read as a table and zoomed', async () => {
  const { page } = pipeline;
  const loss = page.getByRole('figure', { name: 'Loss' });
  await expect(loss).toContainText(/Held-out loss is at best/, SLOW);
  await tabTo(page.getByRole('button', { name: 'Show as a table' }));
  await press('Enter');
  await expect(loss.getByRole('table', { name: /^training/ })).toBeVisible();
  await press('Enter');
  await tabTo(page.getByRole('group', { name: /^Loss:/ }));
  await press('+');
  await expect(page.getByRole('button', { name: 'Show the whole run' })).toBeVisible();
  await press('0');
  await expect(page.getByRole('button', { name: 'Show the whole run' })).toHaveCount(0);
});

test('it is stopped, and the adapter so far is kept', async () => {
  const { page } = pipeline;
  await tabTo(page.getByRole('button', { name: 'Cancel…' }));
  await press('Enter');
  await tabTo(page.getByRole('button', { name: 'Cancel, keep the adapter so far' }));
  await press('Enter');
  const job = await whenJob(page, jobId, ['cancelled', 'completed', 'failed']);
  expect(job).toMatchObject({ status: 'cancelled', error_message: null });
  expect(job.current_step).toBeLessThan(STEPS);
  expect(job.artifact_id).not.toBeNull();
});

test('its model is opened and exported', async () => {
  const { page } = pipeline;
  const { name, artifact_id } = await jobOf(page, jobId);
  await press('Control+k');
  await page.keyboard.type(name);
  const entry = page.getByRole('group', { name: 'Models' }).getByRole('option', { name });
  for (let at = 0; at < 10 && (await entry.getAttribute('aria-selected')) !== 'true'; at += 1)
    await press('ArrowDown');
  await press('Enter');
  await expect(page).toHaveURL(new RegExp(`#/models/${artifact_id}$`));
  await tabTo(page.getByRole('main').getByRole('button', { name: 'Export…' }).first());
  await press('Enter');
  await tabTo(page.getByRole('button', { name: 'Choose where…' }));
  await press('Enter');
  await expect(page.getByText(/^Loaded again: (logits identical|largest logit difference)/)).toBeVisible(
    SLOW,
  );
  const [made] = await call(
    page,
    { name: 'models.exports', input: { id: artifact_id } },
    z.array(ArtifactExport),
  );
  expect(made).toMatchObject({ status: 'completed', verification: { ok: true, greedy_equal: true } });
});

test('every screen is reached from the palette, and focus stays with the person', async () => {
  const { page } = pipeline;
  for (const screen of ['Start', 'Datasets', 'Jobs', 'Models', 'Settings']) {
    await byPalette(screen);
    await expect(page.getByRole('main')).toBeVisible();
    await press('Tab');
    expect(await invisibleFocus(), `focus on ${screen}`).toBeNull();
  }
  await byPalette('Models');
  // At once, while the one that was left still fades.
  await press('Control+k');
  await expect(page.getByPlaceholder('Search or run…')).toHaveValue('');
  await expect(page.getByPlaceholder('Search or run…')).toBeFocused();
  await press('Control+k');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await press('?');
  await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toBeVisible();
  await press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('no pointer was used, and no page complained', async () => {
  await call(pipeline.page, { name: 'jobs.list' }, z.array(TrainingJob));
  expect(pipeline.complaints).toEqual([]);
});
