import type { SchemaTree } from 'hyparquet';
import { MAX_PARTS } from './limits';
import type { Entries, Leaf } from './parquet-data-page';

interface TakenEntries {
  readonly repetition: number[];
  readonly definition: number[];
  readonly values: unknown[];
}

/** Entries that were read and belong to no row that was taken. */
export class PendingEntries {
  rows = 0;
  entries = 0;
  sizeBytes = 0;
  /** Entries of the last row that were left out, as it is cut. */
  leftOut = 0;
  /** Rows with more parts than a record may have; only their first entry is kept. */
  cutRows: number[] = [];
  private readonly leaf: Leaf;
  private readonly isInObject: boolean;
  private repetition: number[] = [];
  private definition: number[] = [];
  private values: unknown[] = [];
  private last = { entry: 0, parts: 0 };

  constructor(leaf: Leaf) {
    this.leaf = leaf;
    this.isInObject = isInObject(leaf.decoder.schemaPath);
  }

  add(added: Entries, entryBytes: number): void {
    if (this.entries === 0 && (added.repetition[0] ?? 0) > 0) throw new Error('a column begins inside a row');
    if (this.leaf.maxRepetition === 0) this.addRows(added);
    else this.addListed(added, entryBytes);
    this.sizeBytes += added.count * entryBytes;
  }

  /** Of the rows that are cut only the first entry. */
  take(rows: number, cut: ReadonlySet<number>): TakenEntries {
    const count = this.entriesOf(rows);
    const repetition = this.repetition.splice(0, count);
    const definition = this.definition.splice(0, count);
    const present = this.leaf.maxDefinition === 0 ? count : this.presentIn(definition);
    const values = this.values.splice(0, present);
    this.rows -= rows;
    this.sizeBytes *= 1 - count / this.entries;
    this.entries -= count;
    this.last.entry -= count;
    this.cutRows = this.cutRows.filter((row) => row >= rows).map((row) => row - rows);
    const taken = { repetition, definition, values };
    return cut.size === 0 || this.leaf.maxRepetition === 0 ? taken : this.withoutRest(taken, cut);
  }

  private addRows({ count, definition, values }: Entries): void {
    for (const level of definition) this.definition.push(level);
    for (let index = 0; index < values.length; index += 1) this.values.push(values[index]);
    this.entries += count;
    this.rows += count;
  }

  private addListed({ count, repetition, definition, values }: Entries, entryBytes: number): void {
    let next = 0;
    for (let index = 0; index < count; index += 1) {
      const level = repetition[index] ?? 0;
      const isPresent = definition[index] === this.leaf.maxDefinition;
      const value: unknown = isPresent ? values[next++] : undefined;
      if (level === 0) this.beginRow();
      this.last.parts += this.partsOf(level);
      if (this.last.parts > MAX_PARTS) {
        this.leaveOut(entryBytes);
        continue;
      }
      this.repetition.push(level);
      this.definition.push(definition[index] ?? 0);
      if (isPresent) this.values.push(value);
      this.entries += 1;
    }
  }

  private beginRow(): void {
    this.last = { entry: this.entries, parts: 0 };
    this.leftOut = 0;
    this.rows += 1;
  }

  /** At least: a list that an entry begins, and a field that it is. */
  private partsOf(level: number): number {
    return (level < this.leaf.maxRepetition ? 1 : 0) + (this.isInObject ? 1 : 0);
  }

  private leaveOut(entryBytes: number): void {
    if (this.leftOut === 0) this.cutLast(entryBytes);
    this.leftOut += 1;
    this.sizeBytes -= entryBytes;
  }

  private cutLast(entryBytes: number): void {
    const kept = this.last.entry + 1;
    const present = this.presentIn(this.definition.slice(kept));
    this.repetition.length = kept;
    this.definition.length = kept;
    this.values.length -= present;
    this.sizeBytes -= (this.entries - kept) * entryBytes;
    this.leftOut = this.entries - kept;
    this.entries = kept;
    this.cutRows.push(this.rows - 1);
  }

  private withoutRest(
    { repetition, definition, values }: TakenEntries,
    cut: ReadonlySet<number>,
  ): TakenEntries {
    const kept: TakenEntries = { repetition: [], definition: [], values: [] };
    let row = -1;
    let next = 0;
    for (const [index, level] of repetition.entries()) {
      if (level === 0) row += 1;
      const isPresent = definition[index] === this.leaf.maxDefinition;
      if (level === 0 || !cut.has(row)) {
        kept.repetition.push(level);
        kept.definition.push(definition[index] ?? 0);
        if (isPresent) kept.values.push(values[next]);
      }
      if (isPresent) next += 1;
    }
    return kept;
  }

  private presentIn(definition: readonly number[]): number {
    let present = 0;
    for (const level of definition) if (level === this.leaf.maxDefinition) present += 1;
    return present;
  }

  private entriesOf(rows: number): number {
    if (this.leaf.maxRepetition === 0) return rows;
    let seen = 0;
    const end = this.repetition.findIndex((level) => level === 0 && (seen += 1) > rows);
    return end === -1 ? this.entries : end;
  }
}

/** Whether each entry of the innermost list is a field of an object, and not the element itself. */
function isInObject(path: readonly SchemaTree[]): boolean {
  const list = path.findLastIndex(({ element }) => element.repetition_type === 'REPEATED');
  return list !== -1 && (list < path.length - 2 || (path[list]?.children.length ?? 0) > 1);
}
