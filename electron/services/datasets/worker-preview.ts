import { Worker } from 'node:worker_threads';
import { ImportPreview } from '../../../src/lib/types/import-preview';
import { lookCaught } from './dataset-errors';
import type { ImportRequest } from './import/import-request';
import type { FilePreview } from './import/preview-file';

const FilePreviewShape = ImportPreview.omit({ is_remembered: true });
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };
/** Many times what a look may take, for machines with much to do. */
const CAUGHT_AFTER_MS = 30_000;

/** Looks at the beginning of one file. `previewFile` is one of these. */
export type PreviewRunner = (request: ImportRequest, signal: AbortSignal) => Promise<FilePreview>;

/** Looks at it on a thread of its own, which the signal ends. */
export function previewInWorker(workerUrl: URL, caughtAfterMs = CAUGHT_AFTER_MS): PreviewRunner {
  return async (request, signal) => {
    signal.throwIfAborted();
    const worker = new Worker(workerUrl, { workerData: request, resourceLimits: LIMITS });
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    const caught = AbortSignal.timeout(caughtAfterMs);
    caught.addEventListener('abort', stop, { once: true });
    try {
      return await answerOf(worker);
    } catch (error) {
      signal.throwIfAborted();
      throw caught.aborted ? lookCaught(caughtAfterMs) : error;
    } finally {
      caught.removeEventListener('abort', stop);
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    }
  };
}

function answerOf(worker: Worker): Promise<FilePreview> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: unknown) => {
      resolve(FilePreviewShape.parse(message));
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      reject(new Error('the look at the file ended without a result'));
    });
  });
}
