interface Row {
  readonly id: string;
  readonly revision: number;
}

export interface ChangedRows<Watched> {
  readonly changed: readonly Watched[];
  /** Rows that are in the list no more: deleted, or put into the bin. */
  readonly gone: readonly string[];
}

/** Which rows of a list differ from the last look; the first look finds nothing new. */
export class RowWatch<Watched extends Row> {
  #seen: ReadonlyMap<string, number> | null = null;

  look(rows: readonly Watched[]): ChangedRows<Watched> {
    const before = this.#seen;
    const now = new Map(rows.map(({ id, revision }) => [id, revision]));
    this.#seen = now;
    if (!before) return { changed: [], gone: [] };
    return {
      changed: rows.filter(({ id, revision }) => before.get(id) !== revision),
      gone: [...before.keys()].filter((id) => !now.has(id)),
    };
  }
}
