import type { Revision } from '../../db/repositories/revisions';

export interface ChangedRows {
  readonly changed: readonly string[];
  /** Rows that are listed no more: deleted, or put into the bin. */
  readonly gone: readonly string[];
}

/** Which rows differ from the last look; the first look finds nothing new. */
export class RowWatch {
  #seen: ReadonlyMap<string, number> | null = null;

  look(rows: readonly Revision[]): ChangedRows {
    const before = this.#seen;
    const now = new Map(rows.map(({ id, revision }) => [id, revision]));
    this.#seen = now;
    if (!before) return { changed: [], gone: [] };
    return {
      changed: rows.flatMap(({ id, revision }) => (before.get(id) === revision ? [] : [id])),
      gone: [...before.keys()].filter((id) => !now.has(id)),
    };
  }
}
