import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..');

export interface WorkerBundle {
  readonly url: string;
  remove(): void;
}

/** The database's thread as the product runs it, for the processes that tests start. */
export const bundleWorker = async (): Promise<WorkerBundle> => {
  // In the repository, because the bundle looks for better-sqlite3 from where it is.
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'database-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    root: ROOT,
    publicDir: false,
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: { ssr: join(import.meta.dirname, 'worker.ts'), outDir, emptyOutDir: true },
  });
  return {
    url: new URL(`file://${encodeURI(join(outDir, 'worker.js'))}`).href,
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
};
