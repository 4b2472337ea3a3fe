import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RECORDS_FILE } from '../dataset-files';
import { parseShown } from '../shown-record';
import { useBench } from './bench-setup';
import { previewFile } from './preview-file';
import { kinds } from './testing';

const bench = useBench();

const called = (args: string) =>
  `{"messages": [{"role": "user", "content": "1.0?"}, {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": ${args}}}]}]}`;

async function canonical(
  text: string,
): Promise<{ readonly line: string; readonly types: readonly string[] }> {
  const { version, versionDir, problems } = await bench().import(text);
  const types = kinds(problems);
  if (version === null || versionDir === null) return { line: '', types };
  return { line: await readFile(join(bench().datasetDir, versionDir, RECORDS_FILE), 'utf8'), types };
}

const NUMBERS = '{"big":12345678901234567890,"f":1.0,"e":1e+22,"z":-0.0,"n":[0.10],"i":5,"d":0.5}';

describe('Q7 numbers of tools are kept as they are written', () => {
  it.each([
    ['in arguments', called(NUMBERS)],
    ['in arguments that are a text', called(JSON.stringify(NUMBERS))],
    [
      'in a function_call turn',
      JSON.stringify({
        conversations: [
          { from: 'human', value: 'q' },
          { from: 'function_call', value: `{"name": "f", "arguments": ${NUMBERS}}` },
        ],
      }),
    ],
  ])('%s', async (_, text) => {
    const { line } = await canonical(text);
    expect(line).toContain(`"arguments":${NUMBERS}`);
    expect((await canonical(line)).line).toContain(`"arguments":${NUMBERS}`);
  });

  it('in the lists of tools, and of nothing else', async () => {
    const { line } = await canonical(
      `{"tools": [{"name": "f", "minimum": 1.0}], "n": 1.0, "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0.0}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "b", "weight": 1.0}]}`,
    );
    expect(line).toContain('"minimum":1.0');
    expect(line).toContain('"content":"a","trained":false');
    expect(line).toContain('"content":"b","trained":true');
  });

  it('are shown so', async () => {
    const path = await bench().write(called('{"f":1.0}'));
    const [record] = (await previewFile(bench().request(path))).records;
    const { line } = await canonical(called('{"f":1.0}'));
    for (const shown of [record, parseShown(line)])
      expect(structuredClone(shown)).toMatchObject({
        messages: [{}, { tool_calls: [{ function: { name: 'f', arguments: '{"f":1.0}' } }] }],
      });
  });

  it.each([
    ['too large', '1e400'],
    ['too small', '1e-400'],
    ['too exact', '0.12345678901234567890123'],
    ['too long', '9'.repeat(5000)],
  ])('or refuse the record: %s', async (_, number) => {
    const { types } = await canonical(called(`{"x":${number}}`));
    expect(types).toEqual(['1 invalid_type error']);
  });
});
