import type { Publisher } from '../../../src/lib/contract/derived';
import { isActive } from '../../../src/lib/training/job-states';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { Paths } from '../jobs/paths';
import { runDirOf } from '../jobs/paths';
import { toBatch } from '../metrics/event-batch';
import { parseEvent } from '../metrics/event-file';
import { EventTail } from '../metrics/event-tail';
import { publishNews } from '../metrics/publish-news';

interface Followed {
  readonly tail: EventTail;
  seq: number;
}

/** Reads along in the run folders of another process's runs. */
export class RunNews {
  readonly #paths: Paths;
  readonly #publisher: Publisher;
  readonly #followed = new Map<string, Followed>();

  constructor(paths: Paths, publisher: Publisher) {
    this.#paths = paths;
    this.#publisher = publisher;
  }

  /** Tells what a run has said since the last call; of a run seen for the first time, what its row does not know yet. */
  async tell(job: TrainingJob): Promise<void> {
    const followed = this.#followed.get(job.id);
    if (!followed && !isActive(job.status)) return;
    const { tail, seq } = followed ?? {
      tail: new EventTail(runDirOf(this.#paths, job.id)),
      seq: job.last_seq,
    };
    const lines = await tail.fresh();
    const events = lines.flatMap((line) => parseEvent(line) ?? []).filter((event) => event.seq > seq);
    if (isActive(job.status)) this.#followed.set(job.id, { tail, seq: events.at(-1)?.seq ?? seq });
    else this.#followed.delete(job.id);
    if (events.length > 0) publishNews(this.#publisher, job, toBatch(job, events));
  }
}
