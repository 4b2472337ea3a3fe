import { HashSet } from './hash-index';

const GENERATED = /^record-(\d+)$/;

const PLACED = /^record-\d+$|#\d+(\.\d+)*$/;

/** Whether an id names the place of its record, as those without one of their own do, and repeated ones. */
export const hasPlaceInId = (id: string): boolean => PLACED.test(id);

/** Gives every record of a file an id that no other has. */
export class RecordIds {
  private readonly taken = new HashSet();
  private lastGenerated = 0;

  /** The original id, with its line when it is repeated; a number for a record that has none. */
  claim(
    original: string | null,
    place: { readonly line: number; readonly ordinal: number },
  ): { id: string; isRepeated: boolean } {
    if (original === null) return { id: this.generate(place.ordinal), isRepeated: false };
    if (this.take(original)) return { id: original, isRepeated: false };
    const beside = `${original}#${String(place.line)}`;
    return {
      id: this.take(beside) ? beside : this.takeNext(`${beside}.${String(place.ordinal)}`),
      isRepeated: true,
    };
  }

  /** Not kept one by one: most files have no ids at all, and memory must not grow by them. */
  private generate(ordinal: number): string {
    const id = `record-${String(ordinal)}`;
    this.lastGenerated = ordinal;
    if (this.taken.size === 0 || this.taken.add(id)) return id;
    return this.takeNext(`${id}#${String(ordinal)}`);
  }

  /** Free at the first try, but for originals that were written to look like ours. */
  private takeNext(id: string): string {
    let candidate = id;
    for (let attempt = 2; !this.take(candidate); attempt += 1) candidate = `${id}.${String(attempt)}`;
    return candidate;
  }

  private take(id: string): boolean {
    if (Number(GENERATED.exec(id)?.[1] ?? Infinity) <= this.lastGenerated) return false;
    return this.taken.add(id);
  }
}
