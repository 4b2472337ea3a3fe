import type { NewJob } from '../../../src/lib/contract/contract';
import type { Publisher } from '../../../src/lib/contract/derived';
import type { LrPoint, LrRange } from '../../../src/lib/types/lr-range';
import type { JobMaker } from './job-maker';
import { refused } from './refusals';
import { Trial, type TrialOptions } from './trial';

interface RateTestOptions extends Omit<TrialOptions, 'stopped'> {
  readonly maker: Pick<JobMaker, 'lrRange'>;
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

/** The learning-rate range test. */
export class RateTest {
  readonly #options: RateTestOptions;
  readonly #trial: Trial;

  constructor(options: RateTestOptions) {
    this.#options = options;
    this.#trial = new Trial({ ...options, stopped });
  }

  /** Throws `trial_beside_run` beside a run, and `rate_test_stopped` where it was stopped. */
  run(job: NewJob, { steps, onPoint }: RateTestWish): Promise<LrRange> {
    const { maker, publisher } = this.#options;
    return this.#trial.run((signal) => {
      const tell = (point: LrPoint) => {
        if (signal.aborted) return;
        publisher.publish('jobs.rate_point', point);
        onPoint?.(point);
      };
      return maker.lrRange(job, steps, { signal, onPoint: tell });
    });
  }

  stop(): void {
    this.#trial.stop();
  }
}
