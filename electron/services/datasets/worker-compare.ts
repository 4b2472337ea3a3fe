import { VersionDiff } from '../../../src/lib/types/dataset-versions';
import { answerOfWorker } from '../worker-answer';
import type { ComparisonRunner } from './compare/compare-versions';

const RecordDiffShape = VersionDiff.omit({ from: true, to: true });
const MEMORY = { oldGenerationMb: 1024 };

/** Compares on a thread of its own, which the signal ends. */
export function compareInWorker(workerUrl: URL): ComparisonRunner {
  const unanswered = 'the comparison ended without a result';
  return async (request, signal) =>
    RecordDiffShape.parse(await answerOfWorker(workerUrl, { request, signal, unanswered, ...MEMORY }));
}
