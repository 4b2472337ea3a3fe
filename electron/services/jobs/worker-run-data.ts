import { answerOfWorker } from '../worker-answer';
import { RunData, type RunDataMaker } from './run-data';

/** The ids of a million records and what groups them. */
const MEMORY = { oldGenerationMb: 2048 };
const NEVER = new AbortController().signal;

/** Makes the data of a run on a thread of its own, so that a million records hold up nothing else. */
export function runDataInWorker(workerUrl: URL): RunDataMaker {
  const unanswered = 'the data of the run ended without a result';
  return async (request) =>
    RunData.parse(await answerOfWorker(workerUrl, { request, unanswered, signal: NEVER, ...MEMORY }));
}
