import { expect, test } from 'vitest';
import { framesTable } from './frames-table.mjs';

const AT_REST = {
  name: 'nothing',
  seconds: 3,
  frames: 180,
  longest_gap: 17.4,
  gaps_over_limit: 0,
  longest_task: 8,
  longest_task_cpu: 5.1,
  longest_main_wait: 6.2,
};

test('has a line a stretch, each figure under its title', () => {
  const busy = { ...AT_REST, name: 'import', longest_gap: 70.6, gaps_over_limit: 2, longest_task: 61 };
  const lines = framesTable({ rows: 1000, pages: 5, stretches: [AT_REST, busy] }).split('\n');
  expect(lines[0]).toBe('1000 rows; the first 5 pages of records and the last one scrolled through');
  expect(lines[2]?.split(/ {2,}/)).toEqual(['nothing', '3.0', '180', '17 ms', '0', '8 ms', '5 ms', '6 ms']);
  expect(lines[3]?.split(/ {2,}/)).toEqual(['import', '3.0', '180', '71 ms', '2', '61 ms', '5 ms', '6 ms']);
  expect(new Set(lines.slice(1, 4).map(({ length }) => length)).size).toBe(1);
});
