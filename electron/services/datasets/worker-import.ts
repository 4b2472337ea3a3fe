import { Worker } from 'node:worker_threads';
import { importCaught } from './dataset-errors';
import { sweepImport } from './import/import-file';
import type { ImportProgress, ImportRequest, ImportResult } from './import/import-request';

export type ImportMessage =
  | { readonly kind: 'alive' }
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  | { readonly kind: 'result'; readonly result: ImportResult }
  | { readonly kind: 'failed'; readonly code: string | null; readonly message: string };

/** Imports one file. `importFile` is one of these, and so is what `importInWorker` makes. */
export type ImportRunner = (
  request: ImportRequest,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal,
) => Promise<ImportResult>;

/**
 * A record is short-lived: a small young generation keeps a large file from taking much memory. The
 * limit of the other ends the thread, and not the program, where a damaged Parquet file asks for all.
 */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 1024 };

/** How often the thread says that it lives: it cannot while it is caught in one piece of work. */
export const ALIVE_EVERY_MS = 1000;
/** Nothing that a sound file asks for takes this long in one piece, also on a machine with much to do. */
const CAUGHT_AFTER_MS = 90_000;

/** Imports on a thread of its own. A cancel ends the thread at once and sweeps after it. */
export function importInWorker(workerUrl: URL, caughtAfterMs = CAUGHT_AFTER_MS): ImportRunner {
  return async (request, onProgress, signal) => {
    signal.throwIfAborted();
    const worker = new Worker(workerUrl, { workerData: request, resourceLimits: LIMITS });
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await resultOf(worker, { onProgress, caughtAfterMs });
    } catch (error) {
      await worker.terminate();
      await sweepImport(request);
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}

interface Watch {
  readonly onProgress: (progress: ImportProgress) => void;
  readonly caughtAfterMs: number;
}

function resultOf(worker: Worker, { onProgress, caughtAfterMs }: Watch): Promise<ImportResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(importCaught(caughtAfterMs)), caughtAfterMs);
    worker.on('message', (message: ImportMessage) => {
      timer.refresh();
      if (message.kind === 'progress') onProgress(message.progress);
      else if (message.kind === 'result') resolve(message.result);
      else if (message.kind === 'failed')
        reject(Object.assign(new Error(message.message), { code: message.code }));
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the import ended without a result'));
    });
  });
}
