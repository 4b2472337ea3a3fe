import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toCsv } from '../../../src/lib/csv';
import { cellSpot } from './cell-spot';

it('finds a cell, whatever its quotes hold', () => {
  const row = 'a;"b;""c\nd";;e';
  const cells = [0, 1, 2, 3].map((index) => cellSpot(row, index, { delimiter: ';', quote: '"' }));
  expect(cells.map((spot) => spot && row.slice(spot.start, spot.end))).toEqual(['a', '"b;""c\nd"', '', 'e']);
  expect(cellSpot(row, 4, { delimiter: ';', quote: '"' })).toBeNull();
  expect(cellSpot('a"b\tc', 1, { delimiter: '\t', quote: '"' })).toEqual({ start: 4, end: 5 });
  expect(cellSpot('"a\tc"', 1, { delimiter: '\t', quote: null })).toEqual({ start: 3, end: 5 });
});

it('finds every cell of a table that is written as RFC 4180 says', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é') });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
      const names = cells.map((_, index) => String(index));
      const row = toCsv(names, [Object.fromEntries(cells.entries())]).slice(`${names.join()}\r\n`.length, -2);
      const found = names.map((_, index) => cellSpot(row, index, { delimiter: ',', quote: '"' }));
      expect(found.map((spot) => spot && unquoted(row.slice(spot.start, spot.end)))).toEqual(cells);
    }),
  );
});

const unquoted = (cell: string): string =>
  cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
