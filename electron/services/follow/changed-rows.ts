import type { Revision } from '../../db/repositories/revisions';

export interface ChangedRows {
  readonly changed: readonly string[];
  /** Rows that are listed no more: deleted, or put into the bin. */
  readonly gone: readonly string[];
}

/** Which rows differ from the last look; the first look finds nothing new. */
export class RowWatch {
  #seen: ReadonlyMap<string, number> | null = null;

  /** What could not be told is found again by the next look. */
  async look(rows: readonly Revision[], tell: (rows: ChangedRows) => Promise<void>): Promise<void> {
    const before = this.#seen;
    const now = new Map(rows.map(({ id, revision }) => [id, revision]));
    await tell({
      changed:
        before === null ? [] : rows.flatMap(({ id, revision }) => (before.get(id) === revision ? [] : [id])),
      gone: [...(before?.keys() ?? [])].filter((id) => !now.has(id)),
    });
    this.#seen = now;
  }
}
