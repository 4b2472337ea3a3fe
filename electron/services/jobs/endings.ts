import type { Publisher } from '../../../src/lib/contract/derived';
import { isActive } from '../../../src/lib/training/job-states';
import type { AsyncRepositories } from '../../db/async-repositories';
import { EventIngest } from '../metrics/event-ingest';
import type { Conclusion, Seen } from './conclusion';
import { type Paths, runDirOf } from './paths';

export interface EndingsOptions {
  readonly repositories: AsyncRepositories;
  readonly publisher: Publisher;
  readonly conclusion: Conclusion;
  readonly paths: Paths;
  readonly onFailure: (error: unknown) => void;
}

interface Unwritten {
  readonly end: () => Promise<void>;
  readonly error: unknown;
}

/** Writes how runs ended. An end that cannot be written, on a full disk say, is kept and tried again. */
export class Endings {
  readonly #options: EndingsOptions;
  readonly #unwritten = new Map<string, Unwritten>();

  constructor(options: EndingsOptions) {
    this.#options = options;
  }

  /** Runs that have ended and whose rows still say that they are at work. */
  get unwritten(): ReadonlySet<string> {
    return new Set(this.#unwritten.keys());
  }

  /** Ends a run by its folder and what was seen of its process; never throws. */
  end(jobId: string, seen: Seen): Promise<void> {
    return this.#write(jobId, () => this.#conclude(jobId, seen));
  }

  /** Ends a run that had no trainer, or none that could be watched; never throws. */
  fail(jobId: string, error: unknown): Promise<void> {
    return this.#write(jobId, () => this.#options.conclusion.fail(jobId, error));
  }

  /** Tries once more what could not be written; answers whether there was any. */
  async again(): Promise<boolean> {
    const kept = [...this.#unwritten];
    for (const [jobId, { end }] of kept) await this.#write(jobId, end);
    return kept.length > 0;
  }

  /** For a process that does not stay to try again: throws why the first could not be written. */
  giveUp(): void {
    const [first] = this.#unwritten.values();
    this.#unwritten.clear();
    if (first) throw asError(first.error);
  }

  // The row is read anew each time: of a try that failed half way something may have been written.
  async #conclude(jobId: string, seen: Seen): Promise<void> {
    const { conclusion, paths, ...rest } = this.#options;
    const job = await rest.repositories.jobs.get(jobId);
    if (!job || !isActive(job.status)) return;
    const ingest = new EventIngest({ ...rest, job, runDir: runDirOf(paths, jobId) });
    await conclusion.conclude({ ...seen, ingest });
  }

  async #write(jobId: string, end: () => Promise<void>): Promise<void> {
    const { repositories, onFailure } = this.#options;
    try {
      await end();
    } catch (error) {
      // Said once, not at each try.
      if (!this.#unwritten.has(jobId)) onFailure(error);
      this.#unwritten.set(jobId, { end, error });
      return;
    }
    this.#unwritten.delete(jobId);
    await repositories.devices.release(jobId).catch(onFailure);
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
