import { expect, test } from 'vitest';
import { histogramOptions } from './histogram';

const BINS = { edges: [0, 10, 20], counts: [1, 2] };
const LIMIT = { at: 15, label: 'max length 15', isLoss: true };
const HERE = { at: 12, label: 'this record, 12' };

const roomAbove = (places: Pick<Parameters<typeof histogramOptions>[0], 'limit' | 'here'>): number => {
  const padding = histogramOptions({ bins: BINS, unit: 'tokens', ...places }).layout?.padding;
  return Number(Reflect.get(Object(padding), 'top'));
};

test('the words of a limit and of a record have a row each above the bars, kept while one is not known', () => {
  const both = roomAbove({ limit: LIMIT, here: HERE });
  expect(both).toBeGreaterThan(roomAbove({ limit: LIMIT }));
  expect(roomAbove({ limit: LIMIT, here: null })).toBe(both);
  expect(roomAbove({ here: HERE })).toBe(roomAbove({ limit: LIMIT }));
});
