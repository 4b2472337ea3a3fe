import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { call, violations } from '../app';

/** Where the pictures lie. */
export const PICTURES = import.meta.dirname;
const ROOT = join(import.meta.dirname, '..', '..');
export const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
export const THEMES = ['light', 'dark'] as const;

/** Theme and size of the window, until the next. */
export const dress = async (
  page: Page,
  theme: 'light' | 'dark',
  size: (typeof SIZES)[number],
): Promise<void> => {
  await call(page, { name: 'settings.set', input: { theme } }, z.unknown());
  await page.setViewportSize(size);
  await expect(page.locator('html')).toHaveClass(theme);
};

/** The pictures are for everyone: folders of the machine that took them become neutral ones. */
const hideFolders = (page: Page, dataDir: string): Promise<void> =>
  page.evaluate(
    (folders) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        for (const [from, to] of folders) node.nodeValue = node.nodeValue?.replaceAll(from, to) ?? null;
      }
    },
    [
      [dataDir, '/home/you/.local/share/pipeline'],
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

/** What is photographed: a window and the data folder that it shows. */
export interface Scene {
  readonly page: Page;
  readonly dataDir: string;
}

export const take = async ({ page, dataDir }: Scene, name: string): Promise<void> => {
  await settled(page);
  await hideFolders(page, dataDir);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
};

/** One picture in each size and theme, and what axe says of it. */
export const inEveryDress = async (
  scene: Scene,
  name: string,
  arrange: () => Promise<void>,
): Promise<void> => {
  const { page } = scene;
  for (const size of SIZES) {
    for (const theme of THEMES) {
      await dress(page, theme, size);
      await arrange();
      await take(scene, `${name}-${theme}-${size.width}`);
      if (size === SIZES[0]) expect.soft(await violations(page), `${name} in ${theme}`).toEqual([]);
    }
  }
};
