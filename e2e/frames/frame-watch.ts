import type { ElectronApplication, Page } from '@playwright/test';
import { tracingTasks, type LongestTasks } from './task-trace';

/** What a stretch of the window's life was like; all times in milliseconds. */
export interface Stretch extends LongestTasks {
  readonly name: string;
  readonly seconds: number;
  readonly frames: number;
  /** The longest time between two frames, and how many were longer than the limit. */
  readonly longest_gap: number;
  readonly gaps_over_limit: number;
  /** The longest wait of the main process's event loop. */
  readonly longest_main_wait: number;
}

type Seen = Omit<Stretch, 'name' | 'longest_main_wait' | keyof LongestTasks>;

/** A person sees a pause of about three frames. */
export const LIMIT_MS = 50;
const NANOSECONDS = 1e6;

declare global {
  interface Window {
    /** Answers what was seen since it was called last. */
    framesSeen: () => Seen;
  }
}

/** Begins to count the frames of the page, which must not be loaded anew from here on. */
const watchPage = (page: Page): Promise<void> =>
  page.evaluate((limit) => {
    const empty = () => ({ frames: 0, longest_gap: 0, gaps_over_limit: 0 });
    let seen = empty();
    let began = performance.now();
    let last = began;
    const frame = () => {
      const now = performance.now();
      const gap = now - last;
      last = now;
      seen.frames += 1;
      seen.longest_gap = Math.max(seen.longest_gap, gap);
      if (gap > limit) seen.gaps_over_limit += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.framesSeen = () => {
      const now = performance.now();
      const answer = { ...seen, seconds: (now - began) / 1000 };
      seen = empty();
      began = now;
      return answer;
    };
  }, LIMIT_MS);

/** The longest wait since it was asked last, in nanoseconds. */
const mainWait = (app: ElectronApplication): Promise<number> =>
  app.evaluate(() => {
    const KEY = 'watchedDelay';
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const watched = (Reflect.get(globalThis, KEY) ?? monitorEventLoopDelay({ resolution: 5 })) as ReturnType<
      typeof monitorEventLoopDelay
    >;
    Reflect.set(globalThis, KEY, watched);
    watched.enable();
    const { max } = watched;
    watched.reset();
    return max;
  });

/** Watches window and main process; each stretch is what lies between two calls. */
export const watchFrames = async (app: ElectronApplication, page: Page) => {
  await watchPage(page);
  await mainWait(app);
  const begin = async (): Promise<void> => {
    await mainWait(app);
    await page.evaluate(() => window.framesSeen());
  };
  return {
    /** What a piece of work was like to look at. */
    during: async (name: string, work: () => Promise<void>): Promise<Stretch> => {
      const { value: seen, tasks } = await tracingTasks(page, async () => {
        await begin();
        await work();
        const frames = await page.evaluate(() => window.framesSeen());
        return { ...frames, longest_main_wait: (await mainWait(app)) / NANOSECONDS };
      });
      return { name, ...seen, ...tasks };
    },
  };
};
