import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalRecord } from '../../../../src/lib/types/dataset-records';
import type { ChangesPage } from '../../../../src/lib/types/dataset-versions';
import { compareVersions } from './compare-versions';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'compare-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const record = (id: string, source_line: number, content = 'a'): CanonicalRecord => ({
  id,
  source_line,
  messages: [
    { role: 'user', content: 'q', trained: false },
    { role: 'assistant', content, trained: true },
  ],
});

const file = async (name: string, records: readonly CanonicalRecord[]): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, records.map((each) => `${JSON.stringify(each)}\n`).join(''));
  return path;
};

const compare = async (
  older: readonly CanonicalRecord[],
  newer: readonly CanonicalRecord[],
  page?: ChangesPage,
) => compareVersions({ from: await file('older', older), to: await file('newer', newer), page });

describe('the difference of two versions', () => {
  it('names what was added, removed and changed, in the order of the original', async () => {
    const [one, two, three] = [record('one', 1), record('zwei ü "2"', 2), record('three', 3)];
    const [changed, four] = [record('zwei ü "2"', 2, 'b'), record('four', 4)];
    expect(await compare([one, two, three], [two, changed, four].slice(1))).toEqual({
      added: 1,
      removed: 2,
      changed: 1,
      unchanged: 0,
      records: [
        { record_id: 'one', source_line: 1, change: 'removed', before: one, after: null },
        { record_id: 'zwei ü "2"', source_line: 2, change: 'changed', before: two, after: changed },
        { record_id: 'three', source_line: 3, change: 'removed', before: three, after: null },
        { record_id: 'four', source_line: 4, change: 'added', before: null, after: four },
      ],
    });
  });

  it('finds no change in a record that only moved to another line', async () => {
    const older = [record('one', 1), record('two', 2, 'b')];
    const newer = [record('new', 1, 'n'), record('one', 2), record('two', 3, 'c')];
    expect(await compare(older, newer)).toMatchObject({ added: 1, removed: 0, changed: 1, unchanged: 1 });
  });

  it('knows records without ids of their own by what they say', async () => {
    const named = (contents: readonly string[]) =>
      contents.map((content, index) => record(`record-${String(index + 1)}`, index + 1, content));
    const inserted = await compare(named(['a', 'b', 'a', 'c']), named(['n', 'a', 'b', 'a', 'c']));
    expect(inserted).toMatchObject({ added: 1, removed: 0, changed: 0, unchanged: 4 });
    expect(inserted.records).toMatchObject([
      { change: 'added', after: { messages: [{}, { content: 'n' }] } },
    ]);
    expect(await compare(named(['a', 'b', 'a']), named(['b', 'a']))).toMatchObject({
      ...{ added: 0, removed: 1, changed: 0, unchanged: 2 },
    });
    expect(await compare(named(['a', 'b', 'c']), named(['a', 'x', 'c']))).toMatchObject({
      ...{ added: 0, removed: 0, changed: 1, unchanged: 2 },
    });
    expect(await compare(named(['a', 'a']), named(['a', 'a', 'a']))).toMatchObject({
      added: 1,
      unchanged: 2,
    });
  });

  it('takes ids of the file itself at their word', async () => {
    const [older, newer] = [
      [record('x', 1, 'a'), record('y', 2, 'b')],
      [record('x', 1, 'b'), record('z', 2, 'a')],
    ];
    expect(await compare(older, newer)).toMatchObject({ added: 1, removed: 1, changed: 1, unchanged: 0 });
  });

  it('is found between two kinds of records too', async () => {
    const text = { id: 'one', source_line: 1, text: 'plain' };
    expect(await compare([record('one', 1)], [text])).toMatchObject({
      changed: 1,
      records: [{ before: { messages: [{}, {}] }, after: text }],
    });
  });

  it('shows the first 200 of many, and counts all', async () => {
    const many = Array.from({ length: 500 }, (_, index) => record(`r${String(index)}`, index + 1));
    const { removed, changed, records } = await compare(
      many,
      many.flatMap((each, index) => (index % 2 === 0 ? [record(each.id, each.source_line, 'new')] : [])),
    );
    expect([removed, changed, records.length]).toEqual([250, 250, 200]);
    expect(records.map(({ source_line }) => source_line)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  });

  it('shows any page of them, also of one kind only', async () => {
    const many = Array.from({ length: 500 }, (_, index) => record(`r${String(index)}`, index + 1));
    const newer = many.flatMap((each, index) =>
      index % 2 === 0 ? [record(each.id, each.source_line, 'new')] : [],
    );
    const linesOf = async (page: ChangesPage) =>
      (await compare(many, newer, page)).records.map(({ source_line, change, before }) => [
        source_line,
        change,
        before?.id,
      ]);
    expect(await linesOf({ offset: 498, limit: 200, change: null })).toEqual([
      [499, 'changed', 'r498'],
      [500, 'removed', 'r499'],
    ]);
    expect(await linesOf({ offset: 200, limit: 2, change: 'removed' })).toEqual([
      [402, 'removed', 'r401'],
      [404, 'removed', 'r403'],
    ]);
    expect(await linesOf({ offset: 0, limit: 200, change: 'added' })).toEqual([]);
    expect(await linesOf({ offset: 500, limit: 200, change: null })).toEqual([]);
  });

  it('holds records that are longer than a line of an original may be', async () => {
    const long = 'x'.repeat(17 * 1024 * 1024);
    const { changed, records } = await compare([record('a', 1, `${long}1`)], [record('a', 1, `${long}2`)]);
    expect([changed, records.length]).toEqual([1, 1]);
  });

  it('agrees with a comparison that keeps everything in memory', async () => {
    const version = fc.uniqueArray(
      fc.record({ number: fc.integer({ min: 1, max: 30 }), content: fc.constantFrom('a', 'b', '\\"ü') }),
      { selector: ({ number }) => number, maxLength: 20 },
    );
    const records = (entries: readonly { number: number; content: string }[]) =>
      entries
        .toSorted((left, right) => left.number - right.number)
        .map(({ number, content }) => record(`"${String(number)}\\`, number, content));
    await fc.assert(
      fc.asyncProperty(version, version, async (left, right) => {
        const [older, newer] = [records(left), records(right)];
        const byId = new Map(older.map((each) => [each.id, JSON.stringify(each)]));
        const states = newer.map((each) => {
          const before = byId.get(each.id);
          if (before === undefined) return 'added';
          return before === JSON.stringify(each) ? 'unchanged' : 'changed';
        });
        const count = (state: string) => states.filter((each) => each === state).length;
        const diff = await compare(older, newer);
        expect([diff.added, diff.changed, diff.unchanged, diff.removed]).toEqual([
          count('added'),
          count('changed'),
          count('unchanged'),
          older.length - count('changed') - count('unchanged'),
        ]);
        const total = diff.added + diff.changed + diff.removed;
        expect(diff.records.length).toBe(total);
        const second = await compare(older, newer, { offset: 3, limit: 5, change: null });
        expect(second).toEqual({ ...diff, records: diff.records.slice(3, 8) });
      }),
      { numRuns: 100 },
    );
  });
});
