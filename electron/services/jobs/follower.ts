import type { AsyncRepositories } from '../../db/async-repositories';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { TrainingJob } from '../../../src/lib/types/lora-training';

export interface FollowerOptions {
  readonly repositories: Pick<AsyncRepositories, 'jobs' | 'records'>;
  readonly publisher: Publisher;
}

type Seen = Pick<TrainingJob, 'revision' | 'current_step' | 'attempt'>;

/** Tells what the process that runs the queue has changed, as if it had happened here. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #seen = new Map<string, Seen>();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { repositories, publisher } = this.#options;
    for (const job of await repositories.jobs.list()) {
      const seen = this.#seen.get(job.id);
      this.#seen.set(job.id, job);
      if (!seen || seen.revision === job.revision) continue;
      publisher.publish('jobs.changed', job);
      await this.#tellPoints(job, seen);
    }
  }

  async #tellPoints(job: TrainingJob, seen: Seen): Promise<void> {
    if (job.current_step === seen.current_step && job.attempt === seen.attempt) return;
    // A resumed run begins below the step that was seen last.
    const after = Math.min(seen.current_step, job.attempt === seen.attempt ? Infinity : -1);
    const points = (await this.#options.repositories.records.points(job.id)).filter(
      ({ step }) => step > after,
    );
    if (points.length > 0) this.#options.publisher.publish('jobs.points', { job_id: job.id, points });
  }
}
