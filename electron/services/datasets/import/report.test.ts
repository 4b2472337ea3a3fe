import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImportBench } from './testing';

let bench: ImportBench;
beforeEach(async () => {
  bench = await ImportBench.create();
});
afterEach(() => bench.remove());

const lines = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const chat = (...turns: readonly (readonly [string, string])[]) => ({
  messages: turns.map(([role, content]) => ({ role, content })),
});
const good = chat(['user', 'a'], ['assistant', 'b']);
const bad = chat(['user', ''], ['assistant', 'b']);
const warned = chat(['user', 'a'], ['assistant', 'b'], ['user', 'c']);

describe('the report of an import', () => {
  it('counts every problem by its kind, also those behind the first hundred', async () => {
    const records = [...Array<object>(150).fill(bad), good, warned, warned, good];
    const { report } = await bench.import(lines(...records));
    expect(report.problems).toHaveLength(100);
    const byKind = report.problem_counts?.map(({ count, severity }) => [severity, count]);
    expect(byKind).toContainEqual(['warning', 2]);
    expect(report.problem_counts?.reduce((sum, { count }) => sum + count, 0)).toBe(report.problems_total);
    expect(report.warned_records).toBe(2);
  });

  it('counts a record with a warning once, and each of those on one line', async () => {
    const twice = chat(['user', '<|im_start|>'], ['assistant', 'b'], ['user', 'c']);
    const { report } = await bench.import(JSON.stringify([twice, good, twice]));
    expect(report.problems.every(({ line }) => line === 1)).toBe(true);
    expect(report.warned_records).toBe(2);
  });

  it('says of a refused record only why, and nothing of how the rest is used', async () => {
    const refused = chat(['user', 'a'], ['assistant', ''], ['user', 'c']);
    const { report } = await bench.import(JSON.stringify([...Array<object>(300).fill(refused), good]));
    expect(report.rejected_records).toBe(300);
    expect(report.warned_records).toBeUndefined();
    expect(report.problem_counts).toEqual([{ type: 'empty_value', severity: 'error', count: 300 }]);
  });

  it('counts all records of which a warning is told once for the file', async () => {
    const odd = { prompt: 'a ->', completion: ' b END' };
    const { report } = await bench.import(lines(...Array<object>(300).fill(odd)));
    expect(report.problem_counts).toContainEqual({
      type: 'unsupported_content',
      severity: 'warning',
      count: 1,
    });
    expect(report.warned_records).toBe(300);
  });

  it('says where a file could not be read on', async () => {
    const whole = gzipSync(lines(...Array.from({ length: 3000 }, (_, id) => ({ ...good, id: String(id) }))));
    const { report } = await bench.import(whole.subarray(0, whole.length / 2), { name: 'cut.jsonl.gz' });
    expect(report.read_until).toEqual({
      line: report.records_total + 1,
      reason: 'the archive is cut off or damaged',
    });
    expect((await bench.import(lines(good))).report).not.toHaveProperty('read_until');
  });
});
