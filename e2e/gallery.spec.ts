import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { call, show, violations } from './app';
import { fill, fillQueue, PLAYED, writeNewer } from './gallery/fill';
import { takePopups } from './gallery/popups';
import { dress, inEveryDress, PICTURES, SIZES, take, THEMES } from './gallery/shots';
import { launch, removeDataDir, type LaunchedApp } from './launch';

const ROOT = join(import.meta.dirname, '..');
const REAL_PYTHON =
  process.env['PIPELINE_PYTHON'] ?? join(ROOT, 'resources', 'runtime', 'python', 'bin', 'python');

let pipeline: LaunchedApp;

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

const WIDE_LIGHT = { theme: 'light', size: SIZES[1] } as const;
const NARROW_BOTH = THEMES.map((theme) => ({ theme, size: SIZES[0] }));

const EMPTY = { datasets: '/datasets', jobs: '/jobs', models: '/models', 'new-run': '/new-run', start: '/' };
const SCREENS = {
  ...EMPTY,
  settings: '/settings',
  dataset: '/datasets/wanted',
  job: '/jobs/wanted',
  model: '/models/wanted',
};

test('nothing there yet', async () => {
  const { page } = pipeline;
  for (const [name, path] of Object.entries(EMPTY)) {
    for (const { theme, size } of [...NARROW_BOTH, WIDE_LIGHT]) {
      await dress(page, theme, size);
      await show(page, path);
      await take(pipeline, `empty-${name}-${theme}-${size.width}`);
      expect.soft(await violations(page), `empty ${name} in ${theme}`).toEqual([]);
    }
  }
});

/** The file dialog belongs to the system; what a person would choose there is answered for them. */
const answerOpenWith = (path: string): Promise<void> =>
  pipeline.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path);

test('a data folder full of real things', async () => {
  // Four real steps and their answers take minutes on a busy processor.
  test.setTimeout(1_800_000);
  const { page } = pipeline;
  const made = await fill(pipeline);
  const queue = await fillQueue(pipeline, made.sample);
  const { running } = queue;
  const tab = async (path: string, name: string) => {
    await show(page, path);
    await page.getByRole('tab', { name }).click();
  };
  const small = async (theme: 'light' | 'dark', name: string, arrange: () => Promise<void>) => {
    await dress(page, theme, SIZES[0]);
    await arrange();
    await take(pipeline, `${name}-${theme}-1280`);
    expect.soft(await violations(page), `${name} in ${theme}`).toEqual([]);
  };
  const once = (name: string, arrange: () => Promise<void>) => small('light', name, arrange);
  for (const label of ['Overview', 'Problems', 'Records'])
    await once(`dataset-${label.toLowerCase()}`, () => tab(`/datasets/${made.reports}`, label));
  await inEveryDress(pipeline, 'dataset-readiness', () => tab(`/datasets/${made.reports}`, 'Overview'));
  await inEveryDress(pipeline, 'dataset-problem-line', async () => {
    await tab(`/datasets/${made.reports}`, 'Problems');
    // It stays open from one dress to the next.
    if ((await page.locator('mark').count()) === 0)
      await page.getByRole('button', { name: 'Show line' }).first().click();
    await expect(page.locator('mark')).toBeVisible();
  });
  await inEveryDress(pipeline, 'dataset-exclude', async () => {
    await page.keyboard.press('Escape');
    await tab(`/datasets/${made.edited}`, 'Records');
    await page.keyboard.press('x');
    await expect(page.getByRole('dialog')).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await inEveryDress(pipeline, 'dataset-excluded', async () => {
    await tab(`/datasets/${made.edited}`, 'Records');
    await page.getByRole('button', { name: /^Excluded/ }).click();
  });
  await inEveryDress(pipeline, 'dataset-fixes', async () => {
    await page.keyboard.press('Escape');
    await tab(`/datasets/${made.edited}`, 'Problems');
    await page.getByRole('button', { name: 'Safe fixes…' }).click();
    await page.getByRole('checkbox', { name: /^Merge the system text/ }).click();
    await expect(page.getByText(/^\d+ changed, /)).toBeVisible();
    await expect(page.getByText('counting…')).toHaveCount(0);
  });
  await page.keyboard.press('Escape');
  await answerOpenWith(await writeNewer(pipeline.dataDir));
  await inEveryDress(pipeline, 'dataset-new-version', async () => {
    await page.keyboard.press('Escape');
    await show(page, `/datasets/${made.edited}`);
    await page.getByRole('button', { name: 'New version…' }).click();
    await expect(page.getByText(/^\d+ changed, /)).toBeVisible();
  });
  await page.keyboard.press('Escape');
  await inEveryDress(pipeline, 'dataset-versions', () => tab(`/datasets/${made.edited}`, 'Versions'));
  for (const label of ['Log', 'Events', 'Settings', 'Checkpoints'])
    await once(`job-${label.toLowerCase()}`, async () => {
      await tab(`/jobs/${running}`, label);
      await page.getByRole('tabpanel', { name: label }).scrollIntoViewIfNeeded();
    });
  for (const state of ['failed', 'waiting', 'paused', 'interrupted', 'cancelled', 'worse'] as const)
    for (const theme of THEMES) await small(theme, `job-${state}`, () => show(page, `/jobs/${queue[state]}`));
  for (const theme of THEMES)
    await small(theme, 'job-hover', async () => {
      await tab(`/jobs/${running}`, 'Samples');
      const box = await page.getByRole('group', { name: /^Loss: drag/ }).boundingBox();
      await page.mouse.move(
        (box?.x ?? 0) + (box?.width ?? 0) * 0.36,
        (box?.y ?? 0) + (box?.height ?? 0) * 0.6,
      );
    });
  await page.mouse.move(0, 0);
  await once('new-run-advanced', async () => {
    await show(page, `/new-run/dataset/${made.sample}`);
    await page.getByRole('button', { name: /^Advanced/ }).click();
    await page.getByLabel('Rank', { exact: true }).fill('64');
    await page.getByLabel('Epochs', { exact: true }).fill('40');
  });
  await once('model-export', async () => {
    await show(page, `/models/${queue.model}`);
    await page.getByRole('button', { name: 'Export…' }).first().click();
  });
  await page.keyboard.press('Escape');
  // Of the run that was not played: what is exported is compared with what it learned.
  const exported = (format: string) => {
    const to = join(pythonDir, `keeper ${format}`);
    return call(page, { name: 'models.export', input: { id: made.model, format, to } }, z.unknown());
  };
  await exported('adapter');
  await exported('merged');
  await Promise.all([
    exported('zip'),
    once('model-exports', async () => {
      await show(page, `/models/${made.model}`);
      await expect(page.getByText(/^Checking/)).toBeVisible({ timeout: 120_000 });
      await page.getByRole('region', { name: 'Exports' }).scrollIntoViewIfNeeded();
    }),
  ]);
  await takePopups({ page, sample: made.sample, putAway: queue.weak, once });
  await once('shortcuts', async () => {
    await show(page, '/jobs');
    await page.keyboard.press('?');
  });
  await page.keyboard.press('Escape');
  await inEveryDress(pipeline, 'dataset', () => tab(`/datasets/${made.sample}`, 'What the model sees'));
  await inEveryDress(pipeline, 'dataset-cut', async () => {
    await tab(`/datasets/${made.reports}`, 'What the model sees');
    await page.getByRole('combobox', { name: 'Max length' }).click();
    await page.getByRole('option', { name: 'Max length 256' }).click();
    await page.getByRole('option', { name: /The confocal shows stripes in every image.*\d cut/ }).click();
    await expect(page.getByText(/^Cut at token \d+, a turn border/)).toBeVisible({ timeout: 120_000 });
    await expect(page.getByRole('button', { name: /^Turns \d+ to \d+/, expanded: false })).toBeVisible();
  });
  await inEveryDress(pipeline, 'dataset-tokens', async () => {
    await tab(`/datasets/${made.designed}`, 'Tokens');
    await expect(page.getByRole('region', { name: 'Duplicates' })).toBeVisible({ timeout: 120_000 });
  });
  await inEveryDress(pipeline, 'dataset-split', async () => {
    await tab(`/datasets/${made.designed}`, 'Tokens');
    await expect(page.getByRole('region', { name: 'Duplicates' })).toBeVisible({ timeout: 120_000 });
    const strata = page.getByRole('table', { name: 'How each stratum is divided' });
    await strata.getByRole('row').nth(8).scrollIntoViewIfNeeded();
  });
  await inEveryDress(pipeline, 'dataset-scaffolding', () => tab(`/datasets/${made.designed}`, 'Scaffolding'));
  await page.mouse.move(0, 0);
  for (const [name, path] of [
    ['start', '/'],
    ['datasets', '/datasets'],
    ['new-run', `/new-run/dataset/${made.sample}`],
    ['jobs', '/jobs'],
    ['job', `/jobs/${running}`],
    ['job-done', `/jobs/${queue.done}`],
    ['models', '/models'],
    ['model', `/models/${queue.model}`],
    ['settings', '/settings'],
  ] as const)
    await inEveryDress(pipeline, name, () => show(page, path));
  await show(page, '/jobs');
  await inEveryDress(pipeline, 'palette', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByPlaceholder('Search or run…')).toBeFocused();
  });
  await inEveryDress(pipeline, 'palette-more', async () => {
    // Out of the run, and out of the palette.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('through the night');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('option', { name: 'Cancel…' })).toBeVisible();
  });
  await page.keyboard.press('Escape');
});

/** From here on main answers nothing, or that it cannot: there is no way back. */
const answerEverythingWith = (answer: 'nothing' | 'an error'): Promise<void> =>
  pipeline.app.evaluate(({ ipcMain }, kind) => {
    const error = {
      code: 'database_locked',
      message: 'Another process has kept the database locked for five seconds.',
      hint: 'Close other windows and commands of Pipeline, then try again.',
    };
    // A promise that nobody holds is swept away, and its caller told so.
    const held: unknown[] = [];
    ipcMain.removeHandler('pipeline:call');
    ipcMain.handle('pipeline:call', () =>
      kind === 'nothing' ? new Promise((resolve) => held.push(resolve)) : { ok: false, error },
    );
  }, answer);

// Last, because the window cannot be brought back from it.
for (const [name, answer, sign] of [
  ['loading', 'nothing', '[role=status], [aria-busy=true]'],
  ['error', 'an error', '[role=alert]'],
] as const) {
  test(`each screen where it is ${name === 'error' ? 'an error' : 'still loading'}`, async () => {
    const { page } = pipeline;
    await answerEverythingWith(answer);
    for (const [screen, path] of Object.entries(SCREENS)) {
      for (const { theme, size } of [...NARROW_BOTH, WIDE_LIGHT]) {
        // Nobody says which theme was chosen, so the desktop's counts.
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize(size);
        await show(page, path);
        await page.reload();
        await expect(page.locator('html')).toHaveClass(theme);
        await expect(page.locator(sign).filter({ visible: true }).first()).toBeVisible();
        await page.screenshot({
          path: join(PICTURES, `${name}-${screen}-${theme}-${size.width}.png`),
          animations: 'disabled',
        });
        expect.soft(await violations(page), `${name} ${screen} in ${theme}`).toEqual([]);
      }
    }
  });
}
