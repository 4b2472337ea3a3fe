import { GrowingNumbers, HashIndex } from '../import/hash-index';
import { hasPlaceInId } from '../import/record-ids';
import { contentOf, rawIdOf, sourceLineOf } from './canonical-lines';
import { RecordChanges } from './record-changes';

const NONE = 0xffff_ffff;

/** What is kept of a newer record that has no older one of the same id and content. */
const ENTRY = { line: 0, sameId: 1, content: 2, isGenerated: 3, place: 4, width: 5 } as const;

/** Says which record of one version is which of another; both are given in the order of their files. */
export class RecordMatching {
  readonly #ids = new HashIndex();
  readonly #contents = new HashIndex();
  /** Of each older record: the number of its content, its line, whether it was found again, by whom it is named. */
  readonly #contentOf = new GrowingNumbers();
  readonly #lines = new GrowingNumbers();
  readonly #met = new GrowingNumbers();
  /** Of each older record that was found again: its place in the newer file. */
  readonly #newerOf = new GrowingNumbers();
  readonly #generated = new GrowingNumbers();
  readonly #unsettled = new GrowingNumbers();
  #newer = 0;
  #unchanged = 0;

  addOlder(line: string): void {
    const rawId = rawIdOf(line);
    this.#ids.numberOf(rawId);
    this.#contentOf.push(this.#contents.numberOf(contentOf(line, rawId)));
    this.#lines.push(sourceLineOf(line, rawId));
    this.#generated.push(hasPlaceInId(rawId) ? 1 : 0);
    this.#met.push(0);
    this.#newerOf.push(NONE);
  }

  addNewer(line: string): void {
    const rawId = rawIdOf(line);
    const sameId = this.#ids.knownNumberOf(rawId) ?? NONE;
    const content = this.#contents.knownNumberOf(contentOf(line, rawId)) ?? NONE;
    if (sameId !== NONE && content === this.#contentOf.get(sameId)) this.#meet(sameId, this.#newer);
    else {
      const generated = hasPlaceInId(rawId) ? 1 : 0;
      this.#unsettled.push(sourceLineOf(line, rawId), sameId, content, generated, this.#newer);
    }
    this.#newer += 1;
  }

  settle(): { readonly changes: RecordChanges; readonly unchanged: number } {
    this.#settleMoved();
    const changes = new RecordChanges();
    for (const entry of this.#eachUnsettled()) {
      const sameId = this.#unsettled.get(entry + ENTRY.sameId);
      const before = sameId !== NONE && this.#met.get(sameId) === 0 ? sameId : null;
      if (before !== null) this.#met.set(before, 1);
      const [line, after] = [ENTRY.line, ENTRY.place].map((part) => this.#unsettled.get(entry + part));
      changes.note(before === null ? 'added' : 'changed', { line: line ?? 0, before, after: after ?? 0 });
    }
    for (const [before, met] of this.#met.values.entries())
      if (met === 0) changes.note('removed', { line: this.#lines.get(before), before, after: null });
    return { changes, unchanged: this.#unchanged };
  }

  /** Once all is settled: where an older record stands in the newer file that says the same; null for none. */
  sameAs(older: number): number | null {
    const newer = this.#newerOf.get(older);
    return newer === NONE ? null : newer;
  }

  /** Records that only count anew. */
  #settleMoved(): void {
    const free = this.#freeByContent();
    for (const entry of this.#eachUnsettled()) {
      const isGenerated = this.#unsettled.get(entry + ENTRY.isGenerated) === 1;
      const older = isGenerated ? free.take(this.#unsettled.get(entry + ENTRY.content)) : NONE;
      if (older === NONE) continue;
      this.#meet(older, this.#unsettled.get(entry + ENTRY.place));
      this.#unsettled.set(entry + ENTRY.place, NONE);
    }
  }

  #meet(older: number, newer: number): void {
    this.#met.set(older, 1);
    this.#newerOf.set(older, newer);
    this.#unchanged += 1;
  }

  /** Older records without an id of their own that nobody has met, by what they say; the first of them first. */
  #freeByContent(): { readonly take: (content: number) => number } {
    const first = new Uint32Array(this.#contents.size).fill(NONE);
    const next = new Uint32Array(this.#met.values.length).fill(NONE);
    for (let older = next.length - 1; older >= 0; older -= 1) {
      if (this.#met.get(older) !== 0 || this.#generated.get(older) === 0) continue;
      const content = this.#contentOf.get(older);
      next[older] = first[content] ?? NONE;
      first[content] = older;
    }
    return {
      take: (content) => {
        const older = first[content] ?? NONE;
        if (older !== NONE) first[content] = next[older] ?? NONE;
        return older;
      },
    };
  }

  *#eachUnsettled(): Generator<number> {
    const { length } = this.#unsettled.values;
    for (let entry = 0; entry < length; entry += ENTRY.width)
      if (this.#unsettled.get(entry + ENTRY.place) !== NONE) yield entry;
  }
}
