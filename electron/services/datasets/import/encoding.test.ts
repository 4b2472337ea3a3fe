import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { textWith } from './matchers';
import { chat, dialogue, jsonl, kinds } from './testing';

const bench = useBench();
const german = chat('Grüße?', 'Schöne 中文 😀');

describe('Q1 encoding', () => {
  it('drops one leading byte order mark', async () => {
    const { records } = await bench().import(`\ufeff${jsonl(german, german)}`);
    expect(dialogue(records[0])).toEqual(['user: Grüße?', 'assistant*: Schöne 中文 😀']);
  });

  it('names the second of two byte order marks', async () => {
    const { report, problems } = await bench().import(
      `\ufeff\ufeff${jsonl(german)}\n${jsonl(german, german)}`,
    );
    expect(report.usable_records).toBe(2);
    expect(kinds(problems)).toEqual(['1 malformed_json error']);
  });

  it.each(['utf16le', 'utf16be'])('converts %s with a byte order mark', async (encoding) => {
    const bytes = Buffer.from(`\ufeff${jsonl(german, german)}`, 'utf16le');
    const { report, records } = await bench().import(encoding === 'utf16be' ? bytes.swap16() : bytes);
    expect(report.reason).toContain('converted from utf-16');
    expect(dialogue(records[1])).toEqual(['user: Grüße?', 'assistant*: Schöne 中文 😀']);
  });

  it.each(['utf16le', 'utf16be'])('refuses half a character of %s, and never alters it', async (encoding) => {
    const text = jsonl(german, chat('q', 'a HALF b'), german).replace('HALF', '\ud83d');
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    const { report, problems } = await bench().import(encoding === 'utf16be' ? bytes.swap16() : bytes);
    expect(report).toMatchObject({ usable_records: 2, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['2 encoding_error error']);
  });

  it.each(['utf-16le', 'utf-16be'])(
    'names %s without a byte order mark, and reads it when told',
    async (name) => {
      const little = Buffer.from(jsonl(german, german), 'utf16le');
      const bytes = name === 'utf-16be' ? little.swap16() : little;
      const { report, problems } = await bench().import(bytes);
      expect(report.usable_records).toBe(0);
      expect(kinds(problems)).toEqual(['1 encoding_error error']);
      expect(problems[0]?.error).toContain('UTF-16 without a byte order mark');
      expect(problems[0]?.suggestion).toContain(`--encoding ${name}`);
      expect((await bench().import(bytes, { encoding: name })).report.usable_records).toBe(2);
    },
  );

  it.each([
    ['little', [0xff, 0xfe, 0, 0]],
    ['little', []],
    ['big', []],
  ])('says of UTF-32, %s end first, that it is not read', async (end, mark) => {
    const units = Array.from(jsonl(german), (character) => {
      const unit = Buffer.alloc(4);
      if (end === 'big') unit.writeUInt32BE(character.codePointAt(0) ?? 0);
      else unit.writeUInt32LE(character.codePointAt(0) ?? 0);
      return unit;
    });
    const { problems } = await bench().import(Buffer.concat([Buffer.from(mark), ...units]));
    expect(kinds(problems)).toEqual(['1 encoding_error error']);
    expect(problems[0]?.error).toContain('UTF-32');
  });

  it('rejects only the lines that are no UTF-8', async () => {
    const latin = Buffer.from(jsonl(chat('Grüße?', 'Ja.')), 'latin1');
    const good = Buffer.from(`${jsonl(german)}\n`);
    const { report, problems } = await bench().import(Buffer.concat([good, latin, Buffer.from('\n'), good]));
    expect(report).toMatchObject({ records_total: 3, usable_records: 2, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['2 encoding_error error']);
  });

  it.each([
    ['GB18030', Buffer.from('c4e3bac3caC0bde7'.toLowerCase(), 'hex')],
    ['Windows-1252', Buffer.from('fcb5e4', 'hex')],
  ])('names %s when most of the file is no UTF-8, as one problem', async (name, text) => {
    const line = Buffer.concat([Buffer.from('{"instruction":"a '), text, Buffer.from(' b","output":"c"}\n')]);
    const { report, problems } = await bench().import(Buffer.concat([line, line, line]));
    expect(kinds(problems)).toEqual(['1 encoding_error error']);
    expect(problems[0]?.error).toContain(name);
    expect(report).toMatchObject({ usable_records: 0, records_total: 3 });
  });

  it('reads the file in the encoding that the user names', async () => {
    const line = Buffer.from(jsonl(chat('Grüße?', 'Ja.')), 'latin1');
    const { records } = await bench().import(line, { encoding: 'windows-1252' });
    expect(dialogue(records[0])).toEqual(['user: Grüße?', 'assistant*: Ja.']);
  });

  it('says that it does not know a named encoding', async () => {
    const { problems } = await bench().import(jsonl(german), { encoding: 'klingon-8' });
    expect(kinds(problems)).toEqual(['1 encoding_error error']);
  });
});

describe('Q2, Q14 lines', () => {
  it('lets CR stand before LF and needs no LF at the end', async () => {
    const { report, records } = await bench().import(
      `${jsonl(german)}\r\n\r\n${jsonl(german)}\r\n${jsonl(german)}`,
    );
    expect(report.usable_records).toBe(3);
    expect(records.map(({ source_line }) => source_line)).toEqual([1, 3, 4]);
  });

  it('does not take CR alone for the end of a line', async () => {
    const { report } = await bench().import(`${jsonl(german)}\r${jsonl(german)}`);
    expect(report.usable_records).toBe(0);
    expect(report.problems[0]?.type).toBe('malformed_json');
  });
});

describe('Q18 JSON corners', () => {
  it('takes the last of duplicate keys', async () => {
    const { records } = await bench().import('{"instruction":"a","output":"first","output":"last"}');
    expect(dialogue(records[0])).toEqual(['user: a', 'assistant*: last']);
  });

  it.each(['NaN', 'Infinity', '-Infinity'])('calls %s malformed and says why', async (number) => {
    const { report } = await bench().import(`${jsonl(german)}\n{"messages":[],"score":${number}}`);
    expect(report.problems[0]).toMatchObject({
      line: 2,
      type: 'malformed_json',
      suggestion: textWith('NaN'),
    });
    expect(report.usable_records).toBe(1);
  });

  it('calls a lone surrogate an encoding error and names its field', async () => {
    const bad = String.raw`{"instruction":"a","output":"half \ud83d only"}`;
    const paired = String.raw`{"instruction":"a","output":"whole \ud83d\ude00 and \\ud83d"}`;
    const { report, problems } = await bench().import(`${paired}\n${bad}\n${paired}`);
    expect(problems).toEqual([expect.objectContaining({ line: 2, type: 'encoding_error', path: '/output' })]);
    expect(report.usable_records).toBe(2);
  });

  it('keeps U+0000 and U+FFFD, counted and shown once', async () => {
    const odd = chat('a\u0000b', 'c\ufffdd');
    const { records, problems } = await bench().import(jsonl(german, odd, odd));
    expect(dialogue(records[1])).toEqual(['user: a\u0000b', 'assistant*: c\ufffdd']);
    expect(kinds(problems)).toEqual(['2 encoding_error info', '2 encoding_error info']);
    expect(problems[0]?.error).toContain('first of 2 records');
  });

  it('lets integers of any length stand in unused fields', async () => {
    const { report } = await bench().import(`{"instruction":"a","output":"b","n":${'9'.repeat(400)}}`);
    expect(report.usable_records).toBe(1);
  });

  it('is not changed by __proto__ keys', async () => {
    const { records } = await bench().import(
      '{"__proto__":{"polluted":1},"instruction":"a","output":"b"}\n{"__proto__":{"messages":[]}}',
    );
    expect(records).toHaveLength(1);
    expect('polluted' in {}).toBe(false);
  });
});
