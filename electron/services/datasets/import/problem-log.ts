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
    if (this.total <= MAX_KEPT_PROBLEMS) this.file.write(`${JSON.stringify(problem)}\n`);
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
