import { defineConfig } from '@playwright/test';

const GALLERY = 'gallery*.spec.ts';
/** They measure how soon the app answers, which another window beside theirs would change. */
const TIMED = ['model-view.spec.ts', 'path.spec.ts'];
/** Begun first, it runs beside all the others. */
const LONGEST = 'recovery.spec.ts';
/** Measured on demand, with as many rows as are wanted. */
const FRAMES = 'frames.spec.ts';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  workers: 2,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  projects: [
    { name: 'longest', testMatch: LONGEST },
    { name: 'together', testIgnore: [LONGEST, GALLERY, FRAMES, ...TIMED] },
    { name: 'timed', testMatch: TIMED, workers: 1 },
    { name: 'gallery', testMatch: GALLERY, workers: 1 },
    { name: 'frames', testMatch: FRAMES, workers: 1 },
  ],
});
