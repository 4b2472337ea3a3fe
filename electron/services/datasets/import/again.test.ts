import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, jsonl, kinds } from './testing';
import type { ReadRecord } from './testing';

const bench = useBench();
const text = fc
  .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
  .filter((value) => value.trim() !== '' && !/^\s*Human:/.test(value));
const turns = fc.tuple(text, text).map(([question, answer]) => chat(question, answer).messages);
const user = (content: string) => [{ role: 'user', content }];
const assistant = (content: string) => [{ role: 'assistant', content }];

/** The line on which a record stands is not its own. */
const withoutPlace = ({ source_line: _, messages, ...rest }: ReadRecord) => ({
  ...rest,
  ...(messages.length > 0 && { messages }),
});

const RECORDS = {
  sft: turns.map((messages) => ({ messages })),
  dpo: fc
    .tuple(text, text, text)
    .filter(([, chosen, rejected]) => chosen !== rejected)
    .map(([prompt, chosen, rejected]) => ({
      prompt: user(prompt),
      chosen: assistant(chosen),
      rejected: assistant(rejected),
    })),
  kto: fc.tuple(text, text, fc.boolean()).map(([prompt, completion, label]) => ({
    prompt: user(prompt),
    completion: assistant(completion),
    label,
  })),
  text: text.map((value) => ({ text: value })),
} as const;

describe('import → canonical → export → import gives the same records', () => {
  it.each(Object.keys(RECORDS) as (keyof typeof RECORDS)[])('%s', async (kind) => {
    const records: fc.Arbitrary<object> = RECORDS[kind];
    await fc.assert(
      fc.asyncProperty(fc.array(records, { minLength: 1, maxLength: 5 }), async (written) => {
        const first = await bench().import(jsonl(...written));
        expect(first.report.usable_records).toBe(written.length);
        const again = await bench().import(jsonl(...first.records.map(withoutPlace)));
        expect(again.report.kind).toBe(first.report.kind);
        expect(again.records.map(withoutPlace)).toEqual(first.records.map(withoutPlace));
      }),
      { numRuns: 6 },
    );
  });
});

describe('I01 line ends', () => {
  it('says of a file with carriage returns alone what is wrong, and takes nothing wrongly', async () => {
    const { report } = await bench().import(jsonl(chat('a', 'b'), chat('c', 'd')).replaceAll('\n', '\r'));
    expect(report.usable_records).toBe(0);
    expect(kinds(report.problems)[0]).toMatch(/malformed_json error$/);
  });

  it('reads the rows of a table with such ends only where they are rows', async () => {
    const { report } = await bench().import('question,answer\rWhy?,Because.\rHow?,So.\r', {
      name: 'mac.csv',
    });
    expect(report.usable_records).toBe(0);
    expect(report.problems_total).toBeGreaterThan(0);
  });
});
