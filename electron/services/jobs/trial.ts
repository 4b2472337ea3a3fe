import type { AppError } from '../../../src/lib/messages/app-error';
import { isActive } from '../../../src/lib/training/job-states';
import type { AsyncRepositories } from '../../db/async-repositories';
import { besideRun, givenWay } from './refusals';

/** The one trial that a process has under way. */
export interface TrialSlot {
  current: Trial | null;
}

export interface TrialOptions {
  readonly jobs: Pick<AsyncRepositories['jobs'], 'unfinished'>;
  readonly slot: TrialSlot;
  /** What is thrown where it was stopped. */
  readonly stopped: () => AppError;
}

const POLL_MS = 250;

/** A few steps in passing, beside no run: whichever process puts one into the queue, this gives way. */
export class Trial {
  readonly #options: TrialOptions;
  #ending: AbortController | null = null;
  #left: Promise<void> = Promise.resolve();

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /**
   * Ends the trial before it, for which nobody waits any more. Throws `trial_beside_run` where a run is at work or
   * comes into the queue meanwhile, and what `stopped` says where it was stopped.
   */
  run<Found>(work: (signal: AbortSignal) => Promise<Found>): Promise<Found> {
    const { slot } = this.#options;
    slot.current?.stop();
    const before = slot.current?.left();
    slot.current = this;
    const found = this.#run(work);
    this.#left = Promise.allSettled([before, found]).then(() => undefined);
    return found;
  }

  async #run<Found>(work: (signal: AbortSignal) => Promise<Found>): Promise<Found> {
    const ending = new AbortController();
    this.#ending = ending;
    let unwatch: () => void = () => undefined;
    try {
      const waiting = await this.#waiting();
      unwatch = this.#watch(ending, waiting);
      return await work(ending.signal);
    } catch (error) {
      throw ending.signal.reason instanceof Error ? ending.signal.reason : error;
    } finally {
      unwatch();
      if (this.#ending === ending) this.#ending = null;
    }
  }

  /** The trainer leaves as soon as it can. */
  stop(): void {
    this.#ending?.abort(this.#options.stopped());
  }

  /** The same for a run that has come into the queue. */
  giveWay(): void {
    this.#ending?.abort(givenWay());
  }

  /** Resolves when its trainer is gone with what it held, and that of each trial before it. */
  left(): Promise<void> {
    return this.#left;
  }

  /** Runs that have come into the queue before, and have not begun. Throws `trial_beside_run` beside one at work. */
  async #waiting(): Promise<ReadonlySet<string>> {
    const unfinished = await this.#options.jobs.unfinished();
    if (unfinished.some(({ status }) => isActive(status))) throw besideRun();
    return new Set(queuedOf(unfinished));
  }

  #watch(ending: AbortController, waiting: ReadonlySet<string>): () => void {
    const look = async (): Promise<void> => {
      const unfinished = await this.#options.jobs.unfinished();
      const isWanted = unfinished.some(({ status }) => isActive(status));
      if (isWanted || queuedOf(unfinished).some((id) => !waiting.has(id))) ending.abort(givenWay());
    };
    let timer: NodeJS.Timeout | undefined;
    const schedule = (): void => {
      timer = setTimeout(() => {
        look()
          // Where nobody knows whether a run waits for it, it must not go on.
          .catch((error: unknown) => ending.abort(error))
          .finally(() => {
            if (!ending.signal.aborted && timer !== undefined) schedule();
          });
      }, POLL_MS);
      timer.unref();
    };
    schedule();
    return () => {
      clearTimeout(timer);
      timer = undefined;
    };
  }
}

const queuedOf = (
  unfinished: readonly { readonly id: string; readonly status: string }[],
): readonly string[] => unfinished.filter(({ status }) => status === 'queued').map(({ id }) => id);
