import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitRecords } from '../../../src/lib/training/split';
import { defaultPrompts, scanDataset, splitDataset } from './dataset-scan';

const fileOf = async (records: readonly object[]): Promise<string> => {
  const path = join(await mkdtemp(join(tmpdir(), 'scan-')), 'dataset.jsonl');
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
};

it('reads plain texts, which ask nothing', async () => {
  const path = await fileOf([
    { id: 'a', source_line: 1, text: 'The tide turns.' },
    { id: 'b', source_line: 2, text: 'So does the wind.' },
  ]);
  expect((await scanDataset(path)).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(
    await defaultPrompts(path, { seed: 1, share: 0.5, stratify: 'auto', train: ['a'], held_out: ['b'] }),
  ).toEqual([]);
});

it('holds the design that records have in common once for all of them', async () => {
  const designed = (id: string, persona: string) => ({
    id,
    source_line: 1,
    text: id,
    scaffolding: { persona },
  });
  const path = await fileOf([designed('a', 'keeper'), designed('b', 'guest'), designed('c', 'keeper')]);
  const [first, second, third] = (await scanDataset(path)).map(({ scaffolding }) => scaffolding);
  expect([first, second]).toEqual([{ persona: 'keeper' }, { persona: 'guest' }]);
  expect(third).toBe(first);
});

it('asks the prompt of an answer that is compared', async () => {
  const turn = (role: string, content: string) => ({ role, content, trained: role === 'assistant' });
  const path = await fileOf([
    {
      id: 'a',
      source_line: 1,
      prompt: [turn('user', 'Why?')],
      chosen: [turn('assistant', 'So.')],
      rejected: [turn('assistant', 'No.')],
    },
  ]);
  expect(
    await defaultPrompts(path, { seed: 1, share: 0.5, stratify: 'auto', train: [], held_out: ['a'] }),
  ).toEqual([{ id: 'held-out-1', text: 'Why?' }]);
});

const asking = (index: number, question: string) => ({
  id: `r${String(index)}`,
  source_line: index + 1,
  messages: [
    { role: 'user', content: question, trained: false },
    { role: 'assistant', content: String(index), trained: true },
  ],
});
const text = (index: number, words: string) => ({
  id: `r${String(index)}`,
  source_line: index + 1,
  text: words,
});
const FIFTH = { seed: 42, share: 0.2, stratify: 'auto' as const };

const WRITTEN = [
  (words: string) => words,
  (words: string) => `${words} `,
  (words: string) => words.toUpperCase(),
  (words: string) => `\u00a0${words.replace(' ', '\n')}`,
];

it.each([
  ['texts', text],
  ['questions', asking],
])('holds %s that say the same together, however they are written', async (_, record) => {
  const path = await fileOf(
    WRITTEN.flatMap((write, round) =>
      Array.from({ length: 25 }, (__, said) => record(round * 25 + said, write(`number ${String(said)}`))),
    ),
  );
  const { held_out, train } = await splitDataset(path, FIFTH);
  const saidBy = (id: string): number => Number(id.slice(1)) % 25;
  const trained = new Set(train.map(saidBy));
  expect(held_out).toHaveLength(20);
  expect(held_out.filter((id) => trained.has(saidBy(id)))).toEqual([]);
});

it('splits records of which none says the same as by their names alone', async () => {
  const words = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 60 });
  const kinds = fc.constantFrom(text, asking);
  const choices = fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    share: fc.double({ min: 0, max: 0.5, noNaN: true }),
    stratify: fc.constantFrom('auto' as const, 'off' as const),
  });
  await fc.assert(
    fc.asyncProperty(words, kinds, choices, async (numbers, kind, choice) => {
      const path = await fileOf(numbers.map((number, index) => kind(index, `Say  ${String(number)} `)));
      const names = numbers.map((_, index) => ({ id: `r${String(index)}` }));
      expect(await splitDataset(path, choice)).toEqual(splitRecords(names, choice));
    }),
    { numRuns: 40 },
  );
});
