import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline as piped } from 'node:stream/promises';
import { expect, test, type Page } from '@playwright/test';
import { show } from '../app';
import { drop } from '../drop';
import { launch, removeDataDir, type LaunchedApp } from '../launch';
import { watchFrames, type Stretch } from './frame-watch';

/** Given by `npm run bench:frames`. */
const ROWS = Number(process.env['FRAMES_ROWS'] ?? 100_000);
const PAGES = Number(process.env['FRAMES_PAGES'] ?? 50);
const REPORT = process.env['FRAMES_REPORT'];
const SETTLING_MS = 3000;
const PAGE_OF_RECORDS = 100;
const HOURS = 3_600_000;

function* rows(): Generator<string> {
  for (let index = 0; index < ROWS; index += 1)
    yield `${JSON.stringify({ instruction: `How many are ${String(index)} and one?`, output: `They are ${String(index + 1)}.` })}\n`;
}

let pipeline: LaunchedApp;
test.beforeAll(async () => {
  pipeline = await launch();
});
test.afterAll(async () => {
  await pipeline.close();
  await removeDataDir(pipeline.dataDir);
});

/** As the wheel would, an eighth of the list's height a frame, until its end. */
const scrollThrough = (page: Page): Promise<void> =>
  page.getByRole('listbox', { name: 'Records' }).evaluate(
    (list) =>
      new Promise<void>((done) => {
        const box = list.parentElement?.parentElement ?? list;
        const scroller = [list.parentElement, box].find(
          (each) => each && each.scrollHeight > each.clientHeight,
        );
        if (!scroller) throw new Error('nothing scrolls');
        const step = () => {
          const before = scroller.scrollTop;
          scroller.scrollTop += scroller.clientHeight / 8;
          if (scroller.scrollTop === before) done();
          else requestAnimationFrame(step);
        };
        scroller.scrollTop = 0;
        requestAnimationFrame(step);
      }),
  );

const lastOf = (page: Page, place: number) =>
  page.getByRole('navigation', { name: 'Pages' }).getByText(` to ${place.toLocaleString('en-US')} of `);

const scrollPages = async (page: Page): Promise<void> => {
  const pages = Math.min(PAGES, Math.ceil(ROWS / PAGE_OF_RECORDS));
  for (let turned = 1; turned <= pages; turned += 1) {
    await expect(lastOf(page, turned * PAGE_OF_RECORDS)).toBeVisible();
    await scrollThrough(page);
    if (turned < pages) await page.getByRole('button', { name: 'Next page' }).click();
  }
  await page.getByRole('listbox', { name: 'Records' }).press('End');
  await expect(lastOf(page, ROWS)).toBeVisible();
  await scrollThrough(page);
};

test('frames of the window while many rows are imported and looked through', async () => {
  test.setTimeout(2 * HOURS);
  const { app, page, dataDir } = pipeline;
  const file = join(dataDir, 'many.jsonl');
  await piped(rows(), createWriteStream(file));
  await show(page, '/jobs');
  const { during } = await watchFrames(app, page);
  const card = page.getByRole('region', { name: 'many.jsonl', exact: true });
  const found: Stretch[] = [];
  const stretch = async (name: string, work: () => Promise<void>): Promise<void> => {
    found.push(await during(name, work));
  };
  const settle = () => page.waitForTimeout(SETTLING_MS);
  await stretch('nothing', settle);
  await stretch('first look at the file', async () => {
    await drop(page, file);
    await expect(card.getByText('usable records of').first()).toBeVisible();
  });
  await stretch('import', async () => {
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(card.getByRole('link', { name: 'Open “many”' })).toBeVisible({ timeout: HOURS });
  });
  await rm(file);
  await stretch('opening the dataset', async () => {
    await card.getByRole('link', { name: 'Open “many”' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'many' })).toBeVisible();
    await settle();
  });
  await stretch('opening its records', async () => {
    await page.getByRole('tab', { name: 'Records' }).click();
    await expect(page.getByRole('listbox', { name: 'Records' })).toBeVisible();
    await settle();
  });
  await stretch('scrolling its records', () => scrollPages(page));
  if (REPORT !== undefined) await writeFile(REPORT, JSON.stringify(found));
});
