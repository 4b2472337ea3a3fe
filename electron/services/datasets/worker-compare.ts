import { Worker } from 'node:worker_threads';
import { VersionDiff } from '../../../src/lib/types/dataset-versions';
import type { ComparisonRunner, RecordDiff } from './compare/compare-versions';

const RecordDiffShape = VersionDiff.omit({ from: true, to: true });
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 1024 };

/** Compares on a thread of its own, which the signal ends. */
export function compareInWorker(workerUrl: URL): ComparisonRunner {
  return async (request, signal) => {
    signal.throwIfAborted();
    const worker = new Worker(workerUrl, { workerData: request, resourceLimits: LIMITS });
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await answerOf(worker);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    }
  };
}

function answerOf(worker: Worker): Promise<RecordDiff> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: unknown) => {
      resolve(RecordDiffShape.parse(message));
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      reject(new Error('the comparison ended without a result'));
    });
  });
}
