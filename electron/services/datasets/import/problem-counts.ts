import type { DatasetProblem, ProblemCount } from '../../../../src/lib/types/dataset-records';

/** How many problems of each kind there are, however many are kept. */
export class ProblemCounts {
  private readonly kinds = new Map<string, ProblemCount>();

  add({ type, severity }: DatasetProblem): void {
    const key = `${severity} ${type}`;
    const count = (this.kinds.get(key)?.count ?? 0) + 1;
    this.kinds.set(key, { type, severity, count });
  }

  counts(): ProblemCount[] {
    return [...this.kinds.values()];
  }
}
