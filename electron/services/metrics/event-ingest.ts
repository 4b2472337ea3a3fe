import type { Publisher } from '../../../src/lib/contract/derived';
import { type Beat, PACE_STEPS } from '../../../src/lib/training/pace';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import { TERMINAL_EVENTS, type TrainerEvent } from '../../../src/lib/types/trainer-events';
import type { AsyncRepositories } from '../../db/async-repositories';
import { refused } from '../jobs/refusals';
import { beatsOf, showsTraining, toBatch } from './event-batch';
import { parseEvent, readEvents } from './event-file';
import { publishNews } from './publish-news';

const BATCH_MS = 200;
// What a trainer says at one moment comes as several lines; a slow step must not wait for the next one.
const MOMENT_MS = 20;
const BATCH_EVENTS = 1000;

export type TerminalEvent = Extract<TrainerEvent, { event: (typeof TERMINAL_EVENTS)[number] }>;

export interface EventIngestOptions {
  readonly job: TrainingJob;
  readonly runDir: string;
  readonly repositories: Pick<AsyncRepositories, 'jobs' | 'ingest' | 'attempts'>;
  readonly publisher: Publisher;
  readonly onFailure: (error: unknown) => void;
  readonly batch_ms?: number;
}

const TERMINALS: readonly string[] = TERMINAL_EVENTS;
const isTerminal = (event: TrainerEvent): event is TerminalEvent => TERMINALS.includes(event.event);

/** Brings one attempt's events into the database, each once, in the order of `seq`. */
export class EventIngest {
  readonly #options: EventIngestOptions;
  #job: TrainingJob;
  #waiting: TrainerEvent[] = [];
  #terminal: TerminalEvent | null = null;
  #lastHeardAt: string | null = null;
  /** The last steps that were written, to measure the pace on. */
  #beats: readonly Beat[] = [];
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #written_at = 0;

  constructor(options: EventIngestOptions) {
    this.#options = options;
    this.#job = options.job;
  }

  /** The job as the last batch left it. */
  get job(): TrainingJob {
    return this.#job;
  }

  get terminal(): TerminalEvent | null {
    return this.#terminal;
  }

  /** The time of this attempt's last event. */
  get lastHeardAt(): string | null {
    return this.#lastHeardAt;
  }

  /** One line from the pipe. */
  accept(line: string): void {
    const event = parseEvent(line);
    if (!event) return;
    this.#see(event);
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => {
      this.flush().catch(this.#options.onFailure);
    }, this.#patience());
  }

  // At most one batch in 200 ms, but the first after a pause at once.
  #patience(): number {
    const rest = this.#options.batch_ms ?? BATCH_MS;
    return Math.max(MOMENT_MS, this.#written_at + rest - performance.now());
  }

  /** Writes what has come from the pipe. */
  flush(): Promise<void> {
    return this.#queue(false);
  }

  /** Writes what has come, and all that the run folder has beyond it. */
  replay(): Promise<void> {
    return this.#queue(true);
  }

  #queue(replay: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#written_at = performance.now();
    // One failed batch must not keep the next from being written.
    const next = this.#work.then(() => this.#write(replay));
    this.#work = next.catch(() => undefined);
    return next;
  }

  #see(event: TrainerEvent): void {
    if (event.attempt !== this.#job.attempt) return;
    this.#lastHeardAt = event.time;
    if (isTerminal(event)) this.#terminal = event;
  }

  async #write(replay: boolean): Promise<void> {
    const fromPipe = this.#waiting;
    this.#waiting = [];
    const events = await this.#complete(fromPipe, replay);
    for (let start = 0; start < events.length; start += BATCH_EVENTS) {
      await this.#apply(events.slice(start, start + BATCH_EVENTS));
    }
  }

  // The trainer writes to the file first, so a line that the pipe lost is there.
  async #complete(fromPipe: readonly TrainerEvent[], replay: boolean): Promise<TrainerEvent[]> {
    const bySeq = new Map(fromPipe.map((event) => [event.seq, event]));
    if (replay || this.#hasGap(bySeq)) {
      const { events } = await readEvents(this.#options.runDir);
      for (const event of events) {
        this.#see(event);
        bySeq.set(event.seq, event);
      }
    }
    const last = this.#job.last_seq;
    return [...bySeq.values()].filter(({ seq }) => seq > last).sort((left, right) => left.seq - right.seq);
  }

  #hasGap(bySeq: ReadonlyMap<number, TrainerEvent>): boolean {
    let expected = this.#job.last_seq;
    for (const seq of [...bySeq.keys()].filter((key) => key > expected).sort((left, right) => left - right)) {
      expected += 1;
      if (seq !== expected) return true;
    }
    return false;
  }

  async #apply(events: readonly TrainerEvent[]): Promise<void> {
    const { jobs, ingest } = this.#options.repositories;
    const { id } = this.#job;
    const batch = toBatch(this.#job, events, this.#beats);
    this.#beats = [...this.#beats, ...beatsOf(events)].slice(-PACE_STEPS);
    await ingest.append(id, batch);
    await this.#noteAttempt(events);
    if (this.#job.status === 'initializing' && showsTraining(events)) {
      await jobs.transition(id, { from: ['initializing'], to: 'running' }, {});
    }
    const job = await jobs.get(id);
    if (!job) throw refused('not_found', 'The job was deleted while it ran.', 'Nothing is left to do.');
    this.#job = job;
    this.#options.publisher.publish('jobs.changed', job);
    publishNews(this.#options.publisher, job, batch);
  }

  async #noteAttempt(events: readonly TrainerEvent[]): Promise<void> {
    for (const event of events) {
      if (event.event !== 'hello') continue;
      const { versions, from_checkpoint, torch, device_name, driver, precision, threads } = event;
      await this.#options.repositories.attempts.update(this.#job.id, event.attempt, {
        ...{ versions, from_checkpoint, torch, device_name, precision },
        driver: driver ?? null,
        threads: threads ?? null,
      });
    }
  }
}
