import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SplitChoice } from '../../../src/lib/types/dataset-split';
import { type MixedFile, splitMixture, writeMixture } from './mixture-file';

const Mixed = z.looseObject({ id: z.string(), dataset: z.string(), format: z.string() });
const OPTIONS: SplitChoice = { seed: 42, share: 0.1, stratify: 'auto' };
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mixture ü '));
});
afterEach(() => rm(dir, { recursive: true }));

/** A dataset of so many plain texts, each its own unless `same` names them. */
const texts = async (
  number: number,
  { name, count, weight, same }: { name: string; count: number; weight: number; same?: string },
): Promise<MixedFile> => {
  const path = join(dir, `${String(number)}.jsonl`);
  const lines = Array.from({ length: count }, (_, index) => ({
    id: `r${String(index)}`,
    source_line: index + 1,
    text: `${same ?? String(number)} ${String(index)}`,
  }));
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return { path, name, format: 'text', weight };
};

const mix = async (sources: readonly MixedFile[], options = OPTIONS) => {
  const path = join(dir, 'mixed.jsonl');
  await writeMixture(path, sources);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return {
    records: lines.map((line) => Mixed.parse(JSON.parse(line))),
    split: await splitMixture(path, sources, options),
  };
};

const from = (position: number, ids: readonly string[]) =>
  ids.filter((id) => id.startsWith(`${String(position)}/`));

describe('a mixture', () => {
  it('says of every record which dataset it is of, also where two have one name', async () => {
    const { records } = await mix([
      await texts(1, { name: 'a', count: 2, weight: 1 }),
      await texts(2, { name: 'a', count: 1, weight: 1 }),
    ]);
    expect(records.map(({ id, dataset, format }) => [id, dataset, format])).toEqual([
      ['0/r0', 'a', 'text'],
      ['0/r1', 'a', 'text'],
      ['1/r0', 'a (2)', 'text'],
    ]);
  });

  it('keeps the numbers of tool calls as they are written', async () => {
    const path = join(dir, 'calls.jsonl');
    const args = '{"id":12345678901234567890,"x":1.0}';
    const line = `{"id":"r","source_line":1,"messages":[{"role":"user","content":"q","trained":false},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name":"f","arguments":${args}}}],"trained":true}]}`;
    await writeFile(path, `${line}\n`);
    await mix([{ path, name: 'a', format: 'chat', weight: 1 }]);
    expect(await readFile(join(dir, 'mixed.jsonl'), 'utf8')).toContain(`"arguments":${args}`);
  });

  it('holds out no text that another dataset trains', async () => {
    const same = 'shared';
    const { split } = await mix([
      await texts(1, { name: 'a', count: 40, weight: 1, same }),
      await texts(2, { name: 'b', count: 40, weight: 1, same }),
    ]);
    const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1);
    const trained = new Set(split.train.map(nameOf));
    expect(split.held_out.length).toBeGreaterThan(0);
    expect(split.held_out.filter((id) => trained.has(nameOf(id)))).toEqual([]);
  });

  it('holds out no question that another dataset trains with a blank after it', async () => {
    const asked = async (number: number, after: string): Promise<MixedFile> => {
      const path = join(dir, `${String(number)}.jsonl`);
      const lines = Array.from({ length: 40 }, (_, index) => ({
        id: `r${String(index)}`,
        source_line: index + 1,
        messages: [
          { role: 'user', content: `question ${String(index)}${after}`, trained: false },
          { role: 'assistant', content: `answer ${String(index)}`, trained: true },
        ],
      }));
      await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return { path, name: String(number), format: 'chat', weight: 1 };
    };
    const other = await texts(3, { name: 'c', count: 40, weight: 2 });
    const { split } = await mix([await asked(1, ''), await asked(2, ' '), other]);
    const questionOf = (id: string): string => id.slice(id.indexOf('/') + 1);
    const asks = (ids: readonly string[]) => [...from(0, ids), ...from(1, ids)].map(questionOf);
    const trained = new Set(asks(split.train));
    expect(asks(split.held_out).length).toBeGreaterThan(0);
    expect(asks(split.held_out).filter((question) => trained.has(question))).toEqual([]);
  });

  it('holds out each dataset whole, however little of it is trained', async () => {
    const { split } = await mix([
      await texts(1, { name: 'many', count: 500, weight: 0.01 }),
      await texts(2, { name: 'few', count: 50, weight: 10 }),
    ]);
    expect(from(0, split.train).length).toBeLessThan(from(1, split.train).length / 50);
    const held = [from(0, split.held_out), from(1, split.held_out)];
    expect(held.flat()).toHaveLength(new Set(held.flat()).size);
    expect(held[0]?.length).toBeGreaterThan(40);
    // Of the dataset that is trained whole, every record is either trained or held out.
    expect(new Set([...from(1, split.train), ...from(1, split.held_out)]).size).toBe(50);
  });

  it('trains something of every dataset, whatever the seed', async () => {
    const sources = [
      await texts(1, { name: 'many', count: 100, weight: 1 }),
      await texts(2, { name: 'one', count: 1, weight: 100 }),
    ];
    for (let seed = 0; seed < 60; seed += 1) {
      const { split } = await mix(sources, { ...OPTIONS, seed });
      await rm(join(dir, 'mixed.jsonl'));
      expect(from(1, split.train), `seed ${String(seed)}`).toHaveLength(100);
    }
  });
});
