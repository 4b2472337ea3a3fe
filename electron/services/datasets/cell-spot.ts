import type { Spot } from '../../../src/lib/types/raw-part';
import type { TableLayout } from './readers/table-layout';

/** Where a cell of a row stands, its quotes with it; null where the row has none in that place. */
export function cellSpot(
  row: string,
  index: number,
  { delimiter, quote }: Pick<TableLayout, 'delimiter' | 'quote'>,
): Spot | null {
  let start = 0;
  let isQuoted = false;
  let cell = 0;
  for (let at = 0; at <= row.length; at += 1) {
    // A doubled quote ends the quotes for no character.
    if (row[at] === quote && row[start] === quote) isQuoted = !isQuoted;
    if (at < row.length && (isQuoted || row[at] !== delimiter)) continue;
    if (cell === index) return { start, end: at };
    cell += 1;
    start = at + 1;
  }
  return null;
}
