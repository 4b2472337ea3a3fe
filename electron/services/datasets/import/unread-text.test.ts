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
  ['\n \n\n', 'a.jsonl', /only blank lines/u],
  ['hello there\nno table\n', 'a.csv', /neither JSON records/u],
])('says plainly what is wrong with %j', async (content, name, expected) => {
  const { report } = await bench.import(content, { name });
  expect(report.usable_records).toBe(0);
  expect(report.problems[0]?.error).toMatch(expected);
});

it.each([
  ['{"prompt":"a","completion":"b"}\r{"prompt":"c","completion":"d"}\r', /carriage returns alone/u],
  ['{"prompt":[}}', /each record must be one JSON object/u],
  ['{"prompt":"a",}', /Remove the comma/u],
  ['{"prompt":"a"\0}', /Remove the NUL character/u],
])('says what to do about %j', async (content, expected) => {
  const { report } = await bench.import(content, { name: 'a.jsonl' });
  expect(report.problems[0]?.suggestion).toMatch(expected);
});

it('names the lists of a document that has several', async () => {
  const record = { prompt: 'a', completion: 'b' };
  const { report } = await bench.import(JSON.stringify({ train: [record], test: [record] }), {
    name: 'a.json',
  });
  expect(report.problems).toMatchObject([
    { type: 'unknown_shape', error: expect.stringContaining('2 lists of records') as string },
  ]);
});
