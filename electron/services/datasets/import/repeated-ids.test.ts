import { expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, jsonl } from './testing';
import type { ReadRecord } from './testing';

const bench = useBench();

const named = (...ids: readonly (string | undefined)[]) =>
  jsonl(
    ...ids.map((id, index) => ({
      ...(id !== undefined && { id }),
      ...chat(`question ${String(index)}`, 'a'),
    })),
  );

const idsOf = (records: readonly ReadRecord[]) => records.map(({ id }) => id);

it('names a repeated id by its line, also where such a name is taken, and always in the same way', async () => {
  const content = named('x', 'x', 'x#2', undefined, 'x', 'record-4', 'x');
  const first = await bench().import(content);
  expect(idsOf(first.records)).toEqual(['x', 'x#2', 'x#2#3', 'record-4', 'x#5', 'record-4#6', 'x#7']);
  expect(idsOf((await bench().import(content)).records)).toEqual(idsOf(first.records));
});

it('keeps the ids of records that come back from a canonical file, on whatever lines they stand', async () => {
  const first = await bench().import(named('x', 'x', 'x#2', undefined, 'x', 'record-4', 'x'));
  const back = await bench().import(jsonl(...first.records));
  expect(idsOf(back.records)).toEqual(idsOf(first.records));
  expect(back.report.problems_total).toBe(0);
  const moved = await bench().import(jsonl(...first.records.toReversed()));
  expect(idsOf(moved.records)).toEqual(idsOf(first.records).toReversed());
  expect(moved.report.problems_total).toBe(0);
});
