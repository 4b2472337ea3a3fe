import type { DatasetProblem, ProblemCount } from '../../../../src/lib/types/dataset-records';

/** How many problems of each kind there are, however many are kept. */
export class ProblemCounts {
  warnedRecords = 0;
  private readonly kinds = new Map<string, ProblemCount>();
  private lastWarned: Pick<DatasetProblem, 'line' | 'record_id'> | null = null;

  add({ line, record_id, type, severity }: DatasetProblem): void {
    const key = `${severity} ${type}`;
    const count = (this.kinds.get(key)?.count ?? 0) + 1;
    this.kinds.set(key, { type, severity, count });
    if (severity === 'warning') this.warn({ line, record_id });
  }

  /** Records come one after another, and all that is wrong with one together; notes on the file stand on lines before. */
  private warn(place: Pick<DatasetProblem, 'line' | 'record_id'>): void {
    const last = this.lastWarned;
    const isLater = last === null || place.line > last.line;
    const isBeside = place.line === last?.line && place.record_id !== last.record_id;
    if (!isLater && !isBeside) return;
    this.warnedRecords += 1;
    this.lastWarned = place;
  }

  counts(): ProblemCount[] {
    return [...this.kinds.values()];
  }
}
