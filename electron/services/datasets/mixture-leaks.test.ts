import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SplitChoice } from '../../../src/lib/types/dataset-split';
import { MOST_LOOKED_THROUGH } from '../../../src/lib/types/mixture-leaks';
import { makeRunData } from '../jobs/run-data';
import { type MixedPart, mixtureLeaks } from './mixture-leaks';

const SPLIT: SplitChoice = { seed: 7, share: 0.5, stratify: 'auto' };
const row = (index: number, record_id: string, line: number) => ({ index, record_id, line });
const LEAK = {
  part: 'answer',
  similarity: 0.9,
  held_out: row(2, '1/b', 9),
  train: row(0, '0/a', 4),
};
const LEAKAGE = { seed: 7, share: 0.5, train: 2, held_out: 1, records: 1, unchecked: 0, rows: [LEAK] };

let dir: string;
let asked: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'leaks ü '));
  asked = [];
});
afterEach(() => rm(dir, { recursive: true }));

const partOf = async (name: string, records = 2): Promise<MixedPart> => {
  const path = join(dir, `${name}.jsonl`);
  await writeFile(path, `{"id":"a","text":"${name} 1"}\n{"id":"b","text":"${name} 2"}\n`);
  return { dataset: { name, format: 'text' }, version: { sha256: name.repeat(64), path, records } };
};

const look = (parts: readonly MixedPart[], split = SPLIT) =>
  mixtureLeaks(
    {
      cacheDir: dir,
      makeData: makeRunData,
      request: async (_method, { dataset }) => {
        asked.push(await readFile(String(dataset), 'utf8'));
        return { records: 4, leakage: LEAKAGE };
      },
    },
    parts,
    split,
  );

it('asks once for the same datasets and the same split, and leaves no mixture behind', async () => {
  const parts = [await partOf('a'), await partOf('b')];
  const found = {
    held_out: 1,
    records: 1,
    unchecked: 0,
    first: { held_out: { dataset: 'b', line: 9 }, train: { dataset: 'a', line: 4 } },
  };
  expect([await look(parts), await look(parts)]).toEqual([found, found]);
  expect(asked.map((file) => file.split('\n').length - 1)).toEqual([4]);
  await look(parts, { ...SPLIT, seed: 8 });
  expect(asked).toHaveLength(2);
  const left = await readdir(join(dir, 'data'), { recursive: true });
  expect(left.filter((name) => name.includes('split-'))).toEqual([]);
});

it('does not look through more records than it can beside something else', async () => {
  expect(await look([await partOf('a'), await partOf('b', MOST_LOOKED_THROUGH)])).toBeNull();
  expect(asked).toEqual([]);
});
