import { codeOf } from '../storage/flush';
import { answerOfWorker } from '../worker-answer';
import { refused } from './refusals';
import { RunData, type RunDataMaker } from './run-data';

/** The ids of a million records and what groups them. */
const MEMORY = { oldGenerationMb: 2048 };
const NEVER = new AbortController().signal;

/** Makes the data of a run on a thread of its own, so that a million records hold up nothing else. */
export function runDataInWorker(workerUrl: URL): RunDataMaker {
  const unanswered = 'the data of the run ended without a result';
  return async (request) => {
    try {
      return RunData.parse(
        await answerOfWorker(workerUrl, { request, unanswered, signal: NEVER, ...MEMORY }),
      );
    } catch (error) {
      throw refusalOf(codeOf(error)) ?? error;
    }
  };
}

const refusalOf = (code: string) => {
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return refused(
      'disk_full',
      'The disk is full, so the run was not made.',
      'Free some space, then start it again.',
    );
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return refused(
      'run_data_too_large',
      'The records of this run do not fit into memory while they are split.',
      'Exclude some records, or train on a part of the dataset.',
    );
  return null;
};
