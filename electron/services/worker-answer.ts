import { Worker } from 'node:worker_threads';

interface Question {
  readonly request: unknown;
  readonly oldGenerationMb: number;
  readonly signal: AbortSignal;
  /** Says of what there is no answer where the thread ends without one. */
  readonly unanswered: string;
}

/** A record is short-lived: a small young generation keeps a large file from taking much memory. */
const YOUNG_GENERATION_MB = 16;

/** The one message of a thread that is started for it and ends after it, or at once with the signal. */
export async function answerOfWorker(workerUrl: URL, question: Question): Promise<unknown> {
  const { request, oldGenerationMb, signal } = question;
  signal.throwIfAborted();
  const worker = new Worker(workerUrl, {
    workerData: request,
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      maxOldGenerationSizeMb: oldGenerationMb,
    },
  });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await messageOf(worker, question);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

function messageOf(worker: Worker, { unanswered }: Question): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      reject(new Error(unanswered));
    });
  });
}
