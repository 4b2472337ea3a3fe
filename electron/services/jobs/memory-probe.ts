import type { NewJob } from '../../../src/lib/contract/contract';
import type { JobMaker } from './job-maker';
import { refused } from './refusals';
import { Trial, type TrialOptions } from './trial';

interface MemoryProbeOptions extends Omit<TrialOptions, 'stopped'> {
  readonly maker: Pick<JobMaker, 'probeMemory'>;
}

const stopped = () =>
  refused(
    'memory_probe_stopped',
    'The measurement was stopped.',
    'Nothing of it was kept; start it again when you like.',
  );

/** Measures the memory of a run by two of its steps; estimates go by it from then on. */
export class MemoryProbe {
  readonly #maker: MemoryProbeOptions['maker'];
  readonly #trial: Trial;

  constructor({ maker, ...options }: MemoryProbeOptions) {
    this.#maker = maker;
    this.#trial = new Trial({ ...options, stopped });
  }

  /** Throws `trial_beside_run` beside a run, and `memory_probe_stopped` where it was stopped. */
  run(job: NewJob): Promise<void> {
    return this.#trial.run((signal) => this.#maker.probeMemory(job, signal));
  }

  stop(): void {
    this.#trial.stop();
  }
}
