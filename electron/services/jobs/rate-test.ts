import type { NewJob } from '../../../src/lib/contract/contract';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { LrPoint, LrRange } from '../../../src/lib/types/lr-range';
import type { JobMaker } from './job-maker';
import { besideRun, refused } from './refusals';

interface RateTestOptions {
  readonly maker: Pick<JobMaker, 'lrRange'>;
  /** Whether a run is at work now. */
  readonly isAtWork: () => Promise<boolean>;
  readonly publisher: Publisher;
}

interface RateTestWish {
  readonly steps: number;
  readonly onPoint?: (point: LrPoint) => void;
}

const stopped = () =>
  refused(
    'rate_test_stopped',
    'The rate test was stopped.',
    'Nothing of it was kept; start it again when you like.',
  );

/** The learning-rate range test, one at a time: a new one ends the one before, for which nobody waits any more. */
export class RateTest {
  readonly #options: RateTestOptions;
  #current: AbortController | null = null;

  constructor(options: RateTestOptions) {
    this.#options = options;
  }

  /** Throws `trial_beside_run` beside a run at work, and `rate_test_stopped` where it was ended. */
  async run(job: NewJob, { steps, onPoint }: RateTestWish): Promise<LrRange> {
    this.stop();
    const current = new AbortController();
    this.#current = current;
    const tell = (point: LrPoint) => {
      if (current.signal.aborted) return;
      this.#options.publisher.publish('jobs.rate_point', point);
      onPoint?.(point);
    };
    try {
      if (await this.#options.isAtWork()) throw besideRun();
      return await this.#options.maker.lrRange(job, steps, { signal: current.signal, onPoint: tell });
    } catch (error) {
      throw current.signal.aborted ? stopped() : error;
    } finally {
      if (this.#current === current) this.#current = null;
    }
  }

  /** The trainer leaves at its next step. */
  stop(): void {
    this.#current?.abort();
  }
}
