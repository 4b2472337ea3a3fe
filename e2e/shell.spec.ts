import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { Dataset } from '../src/lib/types/lora-training';
import { Settings } from '../src/lib/types/system';
import { call, request, show, violations } from './app';
import { launch, removeDataDir, type LaunchedApp } from './launch';

const ROOT = join(import.meta.dirname, '..');
const SCREENS = ['Start', 'Datasets', 'Jobs', 'Models', 'Settings'] as const;
const PATHS = ['/', '/datasets', '/new-run', '/jobs', '/models', '/settings'] as const;

let pipeline: LaunchedApp;

test.beforeAll(async () => {
  pipeline = await launch();
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

const entry = (name: string) =>
  pipeline.page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('link', { name: new RegExp(`^${name}`) });

for (const name of SCREENS) {
  test(`${name} opens by click and by palette`, async () => {
    const { page } = pipeline;
    await entry(name).click();
    await expect(entry(name)).toHaveAttribute('aria-current', 'page');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await show(page, name === 'Jobs' ? '/models' : '/jobs');
    await expect(entry(name)).not.toHaveAttribute('aria-current', 'page');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Search or run…').fill(name);
    await page.getByRole('group', { name: 'Screens' }).getByRole('option', { name }).click();
    await expect(entry(name)).toHaveAttribute('aria-current', 'page');
  });
}

test('the palette works by keyboard and leaves on Escape', async () => {
  const { page } = pipeline;
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Settings');
  await page.keyboard.press('Enter');
  await expect(entry('Settings')).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

for (const theme of ['light', 'dark'] as const) {
  for (const path of PATHS) {
    test(`axe finds nothing on ${path} in ${theme}`, async () => {
      const { page } = pipeline;
      await call(page, { name: 'settings.set', input: { theme } }, z.unknown());
      await expect(page.locator('html')).toHaveClass(new RegExp(theme));
      await show(page, path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('status', { name: /…$/ })).toHaveCount(0);
      expect(await violations(page)).toEqual([]);
    });
  }
}

test('the palette offers what was opened last, also after a restart', async () => {
  const { id, name } = await call(pipeline.page, { name: 'datasets.import_sample' }, Dataset);
  await show(pipeline.page, `/datasets/${id}`);
  await expect(pipeline.page.getByRole('main').getByText('Ready', { exact: true })).toBeVisible();
  await expect
    .poll(async () => (await call(pipeline.page, { name: 'settings.get' }, Settings)).recently_opened)
    .toEqual([`/datasets/${id}`]);
  expect(pipeline.complaints).toEqual([]);
  await pipeline.close();
  pipeline = await launch({ dataDir: pipeline.dataDir });
  const { page } = pipeline;
  await page.keyboard.press('Control+k');
  const recent = page.getByRole('group', { name: 'Recent' }).getByRole('option');
  await expect(recent).toHaveText([`${name}dataset, ready⏎`]);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
});

test('the bridge is the only way out of the page', async () => {
  const found = await pipeline.page.evaluate(() => ({
    bridge: Object.keys(window.api).sort(),
    leaks: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
  }));
  expect(found).toEqual({ bridge: ['call', 'on', 'pathForFile'], leaks: [] });
});

test('requests that the contract does not name are refused', async () => {
  for (const name of ['settings.drop', 'constructor.name', '__proto__.toString', 'jobs.changed', '']) {
    expect(await request(pipeline.page, { name })).toMatchObject({
      ok: false,
      error: { code: 'unknown_call' },
    });
  }
  expect(await request(pipeline.page, { name: 'settings.set', input: { theme: 'pink' } })).toMatchObject({
    ok: false,
    error: { code: 'invalid_request' },
  });
});

test('what failed stands in the log that the window leads to', async () => {
  const { app, page, dataDir } = pipeline;
  await app.evaluate(({ shell }) => {
    shell.openPath = (path) => {
      process.env['PIPELINE_OPENED'] = path;
      return Promise.resolve('');
    };
  });
  await request(page, { name: 'settings.set', input: { theme: 'pink' } });
  await call(page, { name: 'desktop.show_log' }, z.undefined());
  const opened = await app.evaluate(() => process.env['PIPELINE_OPENED'] ?? '');
  expect(opened).toBe(join(dataDir, 'logs', 'main.log'));
  const log = await readFile(opened, 'utf8');
  expect(log).toMatch(/Pipeline \d+\.\d+\.\d+ starts on/);
  expect(log).toContain('invalid_request');
});

test('no page complained in all of this', () => {
  expect(pipeline.complaints).toEqual([]);
});

test('no script runs but the app’s own', async () => {
  const { app, page } = pipeline;
  const policy = await app.evaluate(async ({ session }, url) => {
    const page = await session.defaultSession.fetch(url);
    return page.headers.get('content-security-policy') ?? '';
  }, page.url());
  const directives = policy.split(';').map((directive) => directive.trim());
  expect(directives).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'"]));
  expect(policy).not.toContain('unsafe-eval');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = "document.documentElement.dataset.ran = 'inline'";
    document.head.append(script);
    return document.documentElement.dataset['ran'] ?? 'nothing';
  });
  expect(ran).toBe('nothing');
});

test('another page with the same bridge is not answered', async () => {
  const preload = join(ROOT, 'dist', 'electron', 'preload.cjs');
  const reply = await pipeline.app.evaluate(
    async ({ BrowserWindow }, { preload, url }): Promise<unknown> => {
      const other = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true, contextIsolation: true },
      });
      await other.loadURL(url);
      const answered: unknown = await other.webContents.executeJavaScript("window.api.call('settings.get')");
      other.destroy();
      return answered;
    },
    { preload, url: pipeline.page.url() },
  );
  expect(reply).toMatchObject({ ok: false, error: { code: 'forbidden' } });
});

test('a second start brings up the first one, and is no start in its log', async () => {
  const { app, dataDir } = pipeline;
  const starts = async () =>
    (await readFile(join(dataDir, 'logs', 'main.log'), 'utf8')).match(/Pipeline \S+ starts on /g) ?? [];
  const before = await starts();
  expect(before).not.toEqual([]);
  const env = { ...process.env, PIPELINE_DATA_DIR: dataDir, PIPELINE_NO_DIALOGS: '1' };
  await promisify(execFile)(app.process().spawnfile, [ROOT, '--no-sandbox'], { env });
  expect(await starts()).toEqual(before);
  expect(app.windows()).toHaveLength(1);
});
