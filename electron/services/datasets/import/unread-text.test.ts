import { afterEach, beforeEach, expect, it } from 'vitest';
import { ImportBench } from './testing';

let bench: ImportBench;
beforeEach(async () => {
  bench = await ImportBench.create();
});
afterEach(() => bench.remove());

it.each([
  ['question,answer\n', 'a.csv', /header without rows/u],
  ['question,answer\n"a,b\nc,d\n', 'a.csv', /quote in line 2 is opened and never closed/u],
  ['question,answer\ra,b\rc,d\r', 'a.csv', /end with CR alone/u],
  ['{"text":"a"}\r{"text":"b"}\r', 'a.jsonl', /end with CR alone|line 1/u],
  ['\n \n\n', 'a.jsonl', /only blank lines/u],
  ['hello there\nno table\n', 'a.csv', /neither JSON records/u],
])('says plainly what is wrong with %j', async (content, name, expected) => {
  const { report } = await bench.import(content, { name });
  expect(report.usable_records).toBe(0);
  expect(report.problems[0]?.error).toMatch(expected);
});
