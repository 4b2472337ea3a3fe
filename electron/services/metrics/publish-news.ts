import type { Publisher } from '../../../src/lib/contract/derived';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { IngestBatch } from '../../db/repositories/ingest';

/** Tells what some events of a run mean, as it was written to the database. */
export const publishNews = (
  publisher: Publisher,
  { id: job_id }: Pick<TrainingJob, 'id'>,
  { points, events, samples, evaluations, checkpoints }: IngestBatch,
): void => {
  if (points.length > 0)
    publisher.publish('jobs.points', { job_id, points: points.map(({ seq: _seq, ...point }) => point) });
  if (events.length === 0) return;
  publisher.publish('jobs.news', {
    job_id,
    events: [...events],
    samples: samples.map(({ seq: _seq, ...sample }) => sample),
    evaluations: evaluations.map(({ seq: _seq, attempt: _attempt, ...row }) => row),
    checkpoints: checkpoints.map(({ seq: _seq, attempt: _attempt, ...row }) => ({
      ...row,
      pruned: false,
    })),
  });
};
