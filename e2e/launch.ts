import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';

const ROOT = join(import.meta.dirname, '..');
const ELECTRON =
  process.env['PIPELINE_ELECTRON'] ?? join(ROOT, 'resources', 'runtime', 'electron', 'electron');

export interface LaunchedApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  /** What the window said on its console as an error, and every violation of its policy, of at least one load. */
  readonly complaints: string[];
  /** From the start of the process to the first page's heading. */
  readonly startedInMs: number;
  close(): Promise<void>;
}

interface LaunchOptions {
  /** An existing data folder, to start again where an earlier app stopped. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const WATCHED = 'isWatched';

/** Begins before the window is there where the machine is not busy, so that its first load is heard too. */
const collectComplaints = async (app: ElectronApplication): Promise<string[]> => {
  const complaints: string[] = [];
  const context = app.context();
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('weberror', (thrown) => complaints.push(thrown.error().message));
  await context.addInitScript((watched) => {
    Reflect.set(window, watched, true);
    document.addEventListener('securitypolicyviolation', (violation) => {
      console.error(`securitypolicyviolation: ${violation.violatedDirective} ${violation.blockedURI}`);
    });
  }, WATCHED);
  return complaints;
};

const isWatched = (page: Page): Promise<boolean> =>
  page.evaluate((watched) => Reflect.has(window, watched), WATCHED);

/**
 * The inspector of the main process may lose what it waits for to the garbage collector. What tests evaluate there can
 * be done twice.
 */
const askAgain = (app: ElectronApplication): void => {
  const evaluate = app.evaluate.bind(app) as (...asked: unknown[]) => Promise<unknown>;
  const persistent = async (...asked: unknown[]): Promise<unknown> => {
    try {
      return await evaluate(...asked);
    } catch (error) {
      if (!String(error).includes('promise was garbage collected')) throw error;
      return evaluate(...asked);
    }
  };
  app.evaluate = persistent as ElectronApplication['evaluate'];
};

/** Starts the built app, as a person would, on a data folder of its own. */
export const launch = async (options: LaunchOptions = {}): Promise<LaunchedApp> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'pipeline e2e ü ')));
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...process.env, ...options.env })) {
    if (value !== undefined) env[name] = value;
  }
  Object.assign(env, { PIPELINE_DATA_DIR: dataDir, PIPELINE_NO_DIALOGS: '1' });
  const startedAt = performance.now();
  const app = await _electron.launch({ executablePath: ELECTRON, args: [ROOT, '--no-sandbox'], env });
  askAgain(app);
  const complaints = await collectComplaints(app);
  const page = await app.firstWindow();
  await page.waitForSelector('h1');
  const startedInMs = performance.now() - startedAt;
  if (!(await isWatched(page))) {
    // A busy machine had the window before its watcher.
    await page.reload();
    await page.waitForSelector('h1');
  }
  return { app, page, dataDir, complaints, startedInMs, close: () => app.close() };
};

export const removeDataDir = (dataDir: string): Promise<void> =>
  rm(dataDir, { recursive: true, force: true });
