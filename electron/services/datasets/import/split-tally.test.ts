import { expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, jsonl } from './testing';

const bench = useBench();
const same = (): string => 'Same words';
const written = (index: number): string => `SAME${' '.repeat(1 + index)}Words`;
const asked = (words: string, index: number): object => chat(words, String(index));
const text = (words: string): object => ({ text: words });

it.each([
  ['conversations with the same first message', same, asked],
  ['first messages that differ in case and white space', written, asked],
  ['equal texts', same, text],
  ['texts that differ in case and white space', written, text],
])('Q21 holds out %s together', async (_, words, record) => {
  const records = Array.from({ length: 40 }, (__, index) => record(words(index), index));
  const { statistics } = await bench().import(jsonl(...records));
  expect(statistics).toMatchObject({ total_training_pairs: 40, total_validation_pairs: 0 });
});
