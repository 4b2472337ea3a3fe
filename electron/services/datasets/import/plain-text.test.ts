import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { jsonl, kinds } from './testing';

const bench = useBench();
const paragraph = (letter: string, length = 1500) => letter.repeat(length);

describe('form I', () => {
  it('takes rows with a text as they are', async () => {
    const { report, records } = await bench().import(jsonl({ text: ' a\n' }, { text: 'b' }, { text: ' ' }));
    expect(report).toMatchObject({
      shape: 'I',
      format: 'text',
      kind: 'text',
      usable_records: 2,
      rejected_records: 1,
      conversations: 2,
    });
    expect(records.map(({ text }) => text)).toEqual([' a\n', 'b']);
  });

  it('Q11 cuts a document at the last paragraph end before 4,000 characters', async () => {
    const text = ['a', 'b', 'c', 'd'].map((letter) => paragraph(letter)).join('\n\n');
    const { report, records } = await bench().import(text, { name: 'book.txt' });
    expect(report).toMatchObject({ shape: 'I', kind: 'text', records_total: 2 });
    expect(records.map(({ text: block }) => block)).toEqual([
      `${paragraph('a')}\n\n${paragraph('b')}`,
      `${paragraph('c')}\n\n${paragraph('d')}`,
    ]);
    expect(records.map(({ source_line }) => source_line)).toEqual([1, 5]);
  });

  it('cuts a paragraph that is too long at a line, a blank, or a whole character', async () => {
    const words = await bench().import('word '.repeat(2000), { name: 'a.txt' });
    expect(words.records.every(({ text }) => (text ?? '').length <= 4000 && !/^ord/.test(text ?? ''))).toBe(
      true,
    );
    const emoji = await bench().import(`x${'😀'.repeat(3000)}`, { name: 'a.txt' });
    expect(emoji.records.map(({ text }) => text).join('')).toBe(`x${'😀'.repeat(3000)}`);
  });

  it('Q11 leaves the front matter of Markdown out and says so', async () => {
    const text = '---\ntitle: Tides\n---\n\n# Tides\n\nThey come and go.\n';
    const { report, records } = await bench().import(text, { name: 'tides.md' });
    expect(records.map(({ text: block, source_line }) => [block, source_line])).toEqual([
      ['# Tides\n\nThey come and go.', 5],
    ]);
    expect(report.reason).toContain('front matter');
    const rule = await bench().import('---\nnot closed', { name: 'rule.md' });
    expect(rule.records[0]?.text).toBe('---\nnot closed');
  });

  it('Q17 lets the name decide only where the content does not', async () => {
    const sentence = 'Once upon a time\nthere was, and there was not';
    expect((await bench().import(sentence, { name: 'story.txt' })).report.shape).toBe('I');
    expect((await bench().import(sentence, { name: 'story.bin' })).report.problems[0]?.type).toBe(
      'unknown_shape',
    );
    expect((await bench().import('[link](a.md) is a link.', { name: 'a.md' })).report.shape).toBe('I');
    expect(
      (await bench().import(jsonl({ text: 'a' }, { text: 'b' }), { name: 'a.md' })).report,
    ).toMatchObject({
      shape: 'I',
      usable_records: 2,
    });
  });

  it('names lines that are no UTF-8, and a file that is mostly of another encoding', async () => {
    const mixed = Buffer.concat([
      Buffer.from('good\n\n'),
      Buffer.from([0xff, 0xfe, 0x41, 0x0a]),
      Buffer.from('good too\n'),
      Buffer.from('x\n'.repeat(3)),
    ]);
    const { records, problems } = await bench().import(mixed, { name: 'a.txt' });
    expect(kinds(problems)).toEqual(['3 encoding_error error']);
    expect(records.map(({ text }) => text)).toEqual(['good', 'good too\nx\nx\nx']);
    const latin = Buffer.from('f\u00fcr fr\u00fch\n'.repeat(20), 'latin1');
    const refused = await bench().import(latin, { name: 'a.txt' });
    expect(refused.report.problems).toMatchObject([
      { type: 'encoding_error', error: textWith('Windows-1252') },
    ]);
    const named = await bench().import(latin, { name: 'a.txt', encoding: 'windows-1252' });
    expect(named.records[0]?.text).toContain('f\u00fcr fr\u00fch');
  });

  it.each(['Dear Sir,\nyours, Ann', 'Begin ,\n,'])(
    'is no table for a comma in each line: %j',
    async (text) => {
      const { report, records } = await bench().import(text, { name: 'a.txt' });
      expect(report).toMatchObject({ shape: 'I', usable_records: 1 });
      expect(records[0]?.text).toBe(text);
    },
  );

  it('may hold a table that is one beyond chance, or by its names', async () => {
    const unknown = await bench().import(`Frage,Antwort\n${'warum,darum\n'.repeat(6)}`, { name: 'a.txt' });
    expect(unknown.report).toMatchObject({ shape: 'J', usable_records: 0 });
    const known = await bench().import('question,answer\nwhy,so', { name: 'a.txt' });
    expect(known.report).toMatchObject({ shape: 'J', usable_records: 1 });
  });

  it('loses nothing but blank lines', async () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\n\n', ' \n', 'x'.repeat(1900), 'word word'),
      fc.string({ unit: 'grapheme' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 30 }), async (pieces) => {
        const text = `Begin ${pieces.join('').replace(/^---/, '')}`;
        const { records } = await bench().import(text, { name: 'a.txt' });
        const bare = (value: string) => value.replace(/\s+/g, '');
        expect(bare(records.map(({ text: block }) => block).join(''))).toBe(bare(text));
      }),
      { numRuns: 60 },
    );
  });
});
