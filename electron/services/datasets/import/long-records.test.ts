import { expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, dialogue, jsonl } from './testing';

const bench = useBench();

it('keeps of long records whole texts in the file, and their beginnings in memory', async () => {
  const long = 'ä'.repeat(3_000_000);
  const { records, statistics } = await bench().import(jsonl(chat(`q ${long}`, `a ${long}`), chat('q', 'a')));
  expect(dialogue(records[0])).toEqual([`user: q ${long}`, `assistant*: a ${long}`]);
  expect(JSON.stringify(statistics.sample_data).length).toBeLessThan(10_000);
});

it('shows long cells of unknown columns by their beginnings', async () => {
  const cell = { a: 'x'.repeat(100_000), b: Array.from({ length: 1000 }, () => 'y'.repeat(500)) };
  const { report } = await bench().import(jsonl(cell, cell));
  expect(report.mapping?.rows[0]?.a).toBe('x'.repeat(200));
  expect(report.mapping?.rows[0]?.b).toMatch(/^\["y{198}$/);
});
