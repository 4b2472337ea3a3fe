import { HashIndex } from './hash-index';

/** Gives every record of a file an id that no other has. */
export class RecordIds {
  private readonly taken = new HashIndex();

  /** The original id, with its line when it is repeated; a number for a record that has none. */
  claim(
    original: string | null,
    place: { readonly line: number; readonly ordinal: number },
  ): { id: string; isRepeated: boolean } {
    const ordinal = String(place.ordinal);
    const wanted = original ?? `record-${ordinal}`;
    if (this.take(wanted)) return { id: wanted, isRepeated: false };
    const candidates = [`${wanted}#${String(place.line)}`, `${wanted}#${String(place.line)}.${ordinal}`];
    const id =
      candidates.find((candidate) => this.take(candidate)) ??
      `${wanted}#${ordinal}#${String(this.taken.size)}`;
    return { id, isRepeated: original !== null };
  }

  private take(id: string): boolean {
    const before = this.taken.size;
    return this.taken.numberOf(id) === before;
  }
}
