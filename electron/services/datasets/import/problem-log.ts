import { join } from 'node:path';
import { MAX_KEPT_PROBLEMS } from '../../../../src/lib/types/dataset-records';
import type { DatasetProblem } from '../../../../src/lib/types/dataset-records';
import { PROBLEMS_FILE } from '../dataset-files';
import { ProblemCounts } from './problem-counts';
import { TextFile } from './text-file';

const KEPT_IN_REPORT = 100;

/** All problems of an import, in `problems.jsonl`; the first ones also in memory. */
export class ProblemLog {
  total = 0;
  readonly first: DatasetProblem[] = [];
  readonly kinds = new ProblemCounts();
  readonly #found = { errors: 0, others: 0 };
  private readonly file: TextFile;

  private constructor(file: TextFile) {
    this.file = file;
  }

  static async create(dir: string): Promise<ProblemLog> {
    return new ProblemLog(await TextFile.create(join(dir, PROBLEMS_FILE)));
  }

  add(problem: DatasetProblem): void {
    this.total += 1;
    this.kinds.add(problem);
    if (this.first.length < KEPT_IN_REPORT) this.first.push(problem);
    if (this.#isKept(problem)) this.file.write(`${JSON.stringify(problem)}\n`);
  }

  /** Errors and others each up to the limit: what is only doubtful must not hide what was left out. */
  #isKept({ severity }: DatasetProblem): boolean {
    const group = severity === 'error' ? 'errors' : 'others';
    this.#found[group] += 1;
    return this.#found[group] <= MAX_KEPT_PROBLEMS;
  }

  drain(): Promise<void> {
    return this.file.drain();
  }

  async finish(): Promise<void> {
    await this.file.finish();
  }

  abandon(): Promise<void> {
    return this.file.abandon();
  }
}
