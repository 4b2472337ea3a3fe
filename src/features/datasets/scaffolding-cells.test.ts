import { expect, it } from 'vitest';
import { countBy, crossed, isDesigned } from './scaffolding-cells';

const CELLS = [
  { persona: 'novice', arc: 'up', topic: 'money', records: 3 },
  { persona: 'novice', arc: 'up', topic: 'time', records: 2 },
  { persona: 'expert', arc: null, topic: 'time', records: 4 },
];

it('counts records by one of the three, also those without it', () => {
  expect(countBy(CELLS, 'arc')).toEqual([
    { name: 'up', records: 5 },
    { name: '(none)', records: 4 },
  ]);
  expect(countBy(CELLS, 'topic')[0]).toEqual({ name: 'time', records: 6 });
});

it('crosses persona and arc over all topics', () => {
  const table = crossed(CELLS);
  expect(table.get('novice')?.get('up')).toBe(5);
  expect(table.get('expert')?.get('(none)')).toBe(4);
  expect(table.get('expert')?.get('up')).toBeUndefined();
});

it('knows a design by the first records', () => {
  expect(isDesigned({ sample_data: [{ scaffolding: { arc: 'up' } }] })).toBe(true);
  expect(isDesigned({ sample_data: [{ id: 'a' }] })).toBe(false);
  expect(isDesigned({ sample_data: null })).toBe(false);
});
