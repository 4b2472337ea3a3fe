import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultPrompts, scanDataset } from './dataset-scan';

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
