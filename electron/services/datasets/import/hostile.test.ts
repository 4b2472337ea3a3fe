import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useBench } from './bench-setup';
import { chat, jsonl, kinds } from './testing';

const bench = useBench();
const good = JSON.stringify(chat('q', 'a'));
const MIB = 1024 * 1024;
const nested = (depth: number, inner = '1') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;

describe('Q16 limits', () => {
  it('lets a record nest 64 deep and names one that nests deeper', async () => {
    const record = (depth: number) => `{"instruction":"a","output":"b","x":${nested(depth - 1)}}`;
    const { report, problems } = await bench().import(`${record(64)}\n${record(65)}`);
    expect(report.usable_records).toBe(1);
    expect(kinds(problems)).toEqual(['2 too_deep error']);
  });

  it('does not take brackets inside texts for depth', async () => {
    const { report } = await bench().import(
      JSON.stringify({ instruction: nested(500), output: '\\"[[['.repeat(90) }),
    );
    expect(report.usable_records).toBe(1);
  });

  it.each([
    ['in a line', `${good}\n{"messages":${nested(1_000_000)}}`, '2 too_deep error'],
    ['in a list', `[${good},\n{"messages":${nested(1_000_000)}}]`, '2 too_deep error'],
  ])('survives JSON a million deep %s', async (_, text, kind) => {
    const { report, problems } = await bench().import(text);
    expect(report.usable_records).toBe(1);
    expect(kinds(problems)).toEqual([kind]);
  });

  it('survives a million opening brackets', async () => {
    const { report } = await bench().import('['.repeat(1_000_000));
    expect(report).toMatchObject({ usable_records: 0 });
  });

  it.each([
    ['line', (long: string) => `${good}\n${long}\n${good}`],
    ['element', (long: string) => `[${good},\n${long},\n${good}]`],
  ])('skips a %s over 16 MiB and goes on after it', async (_, around) => {
    const long = JSON.stringify(chat('q', 'x'.repeat(17 * MIB)));
    const { report, problems } = await bench().import(around(long));
    expect(report).toMatchObject({ usable_records: 2, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['2 line_too_long error']);
  });

  it.each([
    ['objects', `{"x":[${'{},'.repeat(200_000)}{}],"instruction":"a","output":"b"}`],
    ['fields', `{${Array.from({ length: 200_001 }, (_, index) => `"${String(index)}":1`).join()}}`],
  ])('names a record of so many %s that it takes a hundred times its length in memory', async (_, record) => {
    const { report, problems } = await bench().import(`${record}\n${good}\n`);
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['1 line_too_long error']);
    expect(problems[0]?.error).toContain('more than 200,000 objects, lists and fields');
  });

  it('takes a long list of numbers, and as many signs inside a text, for what they are', async () => {
    const record = { instruction: '{[:'.repeat(100_000), output: 'b', x: Array(300_000).fill(0.5) };
    expect((await bench().import(JSON.stringify(record))).report.usable_records).toBe(1);
  });

  it.each([
    ['deep', nested(100_000)],
    ['many', JSON.stringify(Array(200_001).fill({}))],
  ])('leaves JSON inside a text that is too %s as a text', async (_, inner) => {
    const call = { type: 'function', function: { name: 'f', arguments: inner } };
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: '', tool_calls: [call] },
    ];
    const { report, records } = await bench().import(jsonl({ messages }, chat('q', 'a')));
    expect(report.usable_records).toBe(2);
    expect(records[0]?.messages[1]?.tool_calls).toEqual([call]);
  });

  it('skips a first line over 16 MiB as any other', async () => {
    const long = JSON.stringify(chat('q', 'x'.repeat(17 * MIB)));
    const { report, problems } = await bench().import(`${long}\n${good}\n`);
    expect(report).toMatchObject({ usable_records: 1, rejected_records: 1 });
    expect(kinds(problems)).toEqual(['1 line_too_long error']);
  });

  it.each([
    ['too deep', nested(1000), 'too_deep'],
    ['too long', JSON.stringify([chat('q', 'x'.repeat(17 * MIB))]), 'line_too_long'],
  ])('says of a file in which no record could be looked at why: %s', async (_, text, type) => {
    const { report, problems } = await bench().import(text);
    expect(report.usable_records).toBe(0);
    expect(problems[0]?.type).toBe(type);
  });

  it('reads a line just under 16 MiB', async () => {
    const { report } = await bench().import(
      `${good}\n${JSON.stringify(chat('q', 'x'.repeat(16 * MIB - 200)))}`,
    );
    expect(report.usable_records).toBe(2);
  });

  it('names a file over the size limit without copying it', async () => {
    const { report, versionDir } = await bench().import(`${good}\n${good}`, { maxBytes: 100 });
    expect(kinds(report.problems)).toEqual(['1 file_too_large error']);
    expect(report.problems[0]?.error).toContain('at most 100 B');
    expect(versionDir).toBeNull();
  });
});

describe('one bad line never loses a file', () => {
  it.each(['{', '{"messages":', 'null', '[]', '"text"', '{"messages":{}}', '{}', '\u0000', '\\', '{"a":1}}'])(
    '%j',
    async (bad) => {
      const { report, problems } = await bench().import(`${good}\n${bad}\n${good}`);
      expect(report).toMatchObject({ records_total: 3, usable_records: 2, rejected_records: 1 });
      expect(problems.every(({ line }) => line === 2)).toBe(true);
    },
  );

  it.each([
    ['with few records', 1000],
    ['longer than any record may be', 150_000],
  ])('reads the lines of a file whose first one is cut, and more of them: %s', async (_, count) => {
    const lines = Array.from({ length: count }, (_line, index) =>
      JSON.stringify(chat(`question ${String(index)}`, 'an answer that is long enough')),
    );
    const cut = lines.map((line, index) => (index % 20 === 0 ? line.slice(0, -20) : line));
    const { report } = await bench().import(cut.join('\n'));
    expect(report).toMatchObject({
      records_total: count,
      usable_records: (count / 20) * 19,
      rejected_records: count / 20,
    });
    expect(report.problems.every(({ type }) => type === 'malformed_json')).toBe(true);
  });

  it('I02 lists every fault, keeps the first hundred in the report and all in the file', async () => {
    const { report, problems } = await bench().import(`${good}\n${'{"messages":[]}\n'.repeat(300)}`);
    expect(report).toMatchObject({ rejected_records: 300, usable_records: 1 });
    expect(report.problems).toHaveLength(100);
    expect(problems).toHaveLength(report.problems_total);
  });

  it('I02 imports nothing of a file without a usable record, and says why', async () => {
    const { report, version, statistics } = await bench().import('{"messages":[]}\n'.repeat(3));
    expect(report).toMatchObject({ usable_records: 0, rejected_records: 3, shape: 'D' });
    expect(version).toBeNull();
    expect(statistics).toMatchObject({ total_training_pairs: 0, sample_data: [] });
  });
});

const jsonish = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\n',
  '\r',
  ' ',
  'null',
  '1e9',
  '"messages"',
  '"role"',
  '"user"',
  '"content"',
  '"assistant"',
  '"instruction":"a"',
  '"output":"b"',
  good,
  `${good}\n`,
  '"data"',
  '"training_pairs"',
  '"conversations"',
  '\ufeff',
  '\u0000',
  'é',
  String.raw`\ud800`,
  '{{x}}',
);
const anyText = fc.array(jsonish, { maxLength: 40 }).map((parts) => parts.join(''));
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe('no input crashes or loops', () => {
  it.each([
    ['text that is nearly JSON', anyText.map((text) => Buffer.from(text))],
    ['bytes', anyBytes],
    ['JSON values', fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)))],
    [
      'lines of JSON values',
      fc.array(fc.jsonValue(), { maxLength: 8 }).map((values) => Buffer.from(jsonl(...values))),
    ],
  ])('%s', async (_, inputs) => {
    await fc.assert(
      fc.asyncProperty(inputs, fc.boolean(), async (bytes, salvage) => {
        const { report, records, problems } = await bench().import(bytes, { salvage });
        expect(report.usable_records + report.rejected_records + report.skipped_null_target).toBe(
          report.records_total,
        );
        expect(records).toHaveLength(report.usable_records);
        expect(problems).toHaveLength(report.problems_total);
        if (report.usable_records === 0 && report.skipped_null_target === 0)
          expect(report.problems_total).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

const content = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '');
const record = fc
  .array(fc.tuple(content, content), { minLength: 1, maxLength: 3 })
  .map((pairs) => ({ messages: pairs.flatMap(([question, answer]) => chat(question, answer).messages) }));

describe('lines that are cut anywhere', () => {
  const said = fc.constantFrom('why', 'é', '日本語', '🙂 {[', 'a "quoted" \\', '}]');
  const deep = fc.nat({ max: 40 }).map((depth) => nested(1 + depth));
  const line = fc.tuple(deep, said, said).map(([extra, question, answer]) => ({
    bytes: Buffer.from(`{"x":${extra},${JSON.stringify(chat(question, answer)).slice(1)}`),
    contents: [question, answer],
  }));
  const cuts = (count: number) =>
    fc.tuple(
      fc.uniqueArray(fc.nat({ max: count - 1 }), { maxLength: Math.floor((count - 1) / 2) }),
      fc.array(fc.nat({ max: 999 }), { minLength: count, maxLength: count }),
    );
  const lines = fc
    .array(line, { minLength: 1, maxLength: 12, size: 'max' })
    .chain((whole) => fc.tuple(fc.constant(whole), cuts(whole.length)));

  it('lose themselves and no other, also where the first is one', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), async ([whole, [chosen, shares]], isFirstCut) => {
        const cut = new Set(isFirstCut && chosen.length > 0 ? [0, ...chosen.slice(1)] : chosen);
        const written = whole.flatMap(({ bytes }, index) => {
          const end = cut.has(index)
            ? Math.floor(((shares[index] ?? 0) * bytes.length) / 1000)
            : bytes.length;
          return [bytes.subarray(0, end), Buffer.from('\n')];
        });
        const { records } = await bench().import(Buffer.concat(written));
        expect(records.map(({ messages }) => messages.map(({ content: text }) => text))).toEqual(
          whole.flatMap(({ contents }, index) => (cut.has(index) ? [] : [contents])),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('import → canonical → import', () => {
  it('gives the same records, from lines, a list or an object with a list', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 3 }),
        async (records, container) => {
          const texts = [
            jsonl(...records),
            JSON.stringify(records),
            JSON.stringify(records, null, 2),
            JSON.stringify({ data: records }),
          ];
          const first = await bench().import(texts[container] ?? '');
          expect(
            first.records.map(({ messages }) =>
              messages.map(({ role, content: said }) => ({ role, content: said })),
            ),
          ).toEqual(records.map(({ messages }) => messages));
          const again = await bench().import(jsonl(...first.records));
          const bare = ({ messages }: (typeof first.records)[number]) => messages;
          expect(again.records.map(bare)).toEqual(first.records.map(bare));
          expect(again.records.map(({ id }) => id)).toEqual(first.records.map(({ id }) => id));
        },
      ),
      { numRuns: 60 },
    );
  });
});
