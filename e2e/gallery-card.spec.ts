import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { call, show } from './app';
import { inEveryDress } from './gallery/shots';
import { launch, removeDataDir, type LaunchedApp } from './launch';
import { Dataset } from '../src/lib/types/lora-training';

/** A card so small that the bundled model nearly fills it; what it holds already is in use elsewhere. */
const SMALL_CARD =
  'GPU-00000000-0000-4000-8000-000000000000, NVIDIA GeForce MX150, 590.44, 2048, 800, 3, 41, 12.4';

let pipeline: LaunchedApp;
let toolDir: string;

test.beforeAll(async () => {
  toolDir = await mkdtemp(join(tmpdir(), 'pipeline-card-'));
  await writeFile(join(toolDir, 'nvidia-smi'), `#!/bin/sh\necho '${SMALL_CARD}'\n`, { mode: 0o755 });
  pipeline = await launch({ env: { PATH: `${toolDir}${delimiter}${process.env['PATH'] ?? ''}` } });
});

test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
  await rm(toolDir, { recursive: true, force: true });
});

test('a run that has no room on a small card', async () => {
  test.setTimeout(600_000);
  const { page } = pipeline;
  const { id } = await call(page, { name: 'datasets.import_sample' }, Dataset);
  const advanced = page.getByRole('button', { name: /^Advanced/ });
  await show(page, `/new-run/dataset/${id}`);
  await advanced.click();
  await page.getByLabel('Rank', { exact: true }).fill('128');
  await advanced.click();
  await expect(page.getByText('Does not fit', { exact: true })).toBeVisible({ timeout: 120_000 });
  await inEveryDress(pipeline, 'new-run-no-room', () => page.mouse.move(0, 0));
});
