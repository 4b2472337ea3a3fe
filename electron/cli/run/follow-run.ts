import { z } from 'zod';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { parseEvent } from '../../services/metrics/event-file';
import { followLines } from '../../services/metrics/event-tail';
import type { CliServices } from '../io';
import type { Output } from '../output/output';
import { isAtWork } from './orphans';
import { ProgressView } from './progress-view';

const Numbered = z.object({ seq: z.number() });

const seqOf = (line: string): number => {
  try {
    return Numbered.safeParse(JSON.parse(line)).data?.seq ?? 0;
  } catch (thrown) {
    // A half line of a killed writer: the next attempt cuts it.
    if (thrown instanceof SyntaxError) return 0;
    throw thrown;
  }
};

interface FollowOptions {
  readonly output: Output;
  readonly services: CliServices;
  /** The last event that is known already. */
  readonly afterSeq: number;
  /** Ends the following early, without touching the run. */
  readonly signal?: AbortSignal;
}

/** Shows the run's events after `afterSeq` until it rests; answers it as it is then. */
export const followRun = async (
  { output, services, afterSeq, signal }: FollowOptions,
  job: TrainingJob,
): Promise<TrainingJob> => {
  const { jobs } = services;
  const view = new ProgressView(output, job.total_steps);
  const isOver = async (): Promise<boolean> => signal?.aborted === true || !isAtWork(await jobs.get(job.id));
  for await (const line of followLines(jobs.runDir(job.id), isOver)) {
    if (seqOf(line) <= afterSeq) continue;
    if (output.json) output.raw(line);
    const event = output.json ? null : parseEvent(line);
    if (event) view.accept(event);
  }
  output.endLive();
  for (const line of view.chart()) output.note(line, 'plain');
  return jobs.get(job.id);
};
