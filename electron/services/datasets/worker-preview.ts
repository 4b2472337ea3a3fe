import { ImportPreview } from '../../../src/lib/types/import-preview';
import { answerOfWorker } from '../worker-answer';
import { lookCaught } from './dataset-errors';
import type { ImportRequest } from './import/import-request';
import type { FilePreview } from './import/preview-file';

const FilePreviewShape = ImportPreview.omit({ is_remembered: true });
const MEMORY = { oldGenerationMb: 512 };
/** Many times what a look may take, for machines with much to do. */
const CAUGHT_AFTER_MS = 30_000;

/** Looks at the beginning of one file. `previewFile` is one of these. */
export type PreviewRunner = (request: ImportRequest, signal: AbortSignal) => Promise<FilePreview>;

/** Looks at it on a thread of its own, which the signal ends. */
export function previewInWorker(workerUrl: URL, caughtAfterMs = CAUGHT_AFTER_MS): PreviewRunner {
  const unanswered = 'the look at the file ended without a result';
  return async (request, signal) => {
    const caught = AbortSignal.timeout(caughtAfterMs);
    const either = { signal: AbortSignal.any([signal, caught]), unanswered };
    try {
      return FilePreviewShape.parse(await answerOfWorker(workerUrl, { request, ...either, ...MEMORY }));
    } catch (error) {
      signal.throwIfAborted();
      throw caught.aborted ? lookCaught(caughtAfterMs) : error;
    }
  };
}
