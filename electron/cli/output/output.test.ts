import { expect, it } from 'vitest';
import { AppError } from '../../../src/lib/messages/app-error';
import { Output } from './output';

const HOSTILE = 'a\u001b[31m\u202eb\u009b';

const written = (isTTY: boolean, write: (output: Output) => void): string => {
  const texts: string[] = [];
  const stream = { isTTY, write: (text: string) => texts.push(text) };
  write(new Output({ stdout: stream, stderr: stream, env: { NO_COLOR: '1' } }, false));
  return texts.join('');
};

it.each([
  ['a line', (output: Output) => output.line(HOSTILE)],
  ['a note', (output: Output) => output.note(HOSTILE)],
  ['names and values', (output: Output) => output.pairs([['name', HOSTILE]])],
  ['a table', (output: Output) => output.table([{ title: 'Name', text: (row: string) => row }], [HOSTILE])],
  ['a failure', (output: Output) => output.failure(new Error(HOSTILE))],
  ['a sheet', (output: Output) => output.text(`${HOSTILE}\r\n`)],
])('I01 gives a terminal nothing to obey in %s', (_, write) => {
  expect(
    Array.from(written(true, write)).filter((character) => /(?!\n)[\p{Cc}\p{Bidi_Control}]/u.test(character)),
  ).toEqual([]);
});

it('names commands in a hint as they are typed here', () => {
  const failure = new AppError({ code: 'not_found', message: 'No.', hint: 'See: `pipeline jobs list`.' });
  const hint = (env: Record<string, string>, json: boolean) => {
    const texts: string[] = [];
    const stream = { write: (text: string) => texts.push(text) };
    new Output({ stdout: stream, stderr: stream, env }, json).failure(failure);
    return texts.join('');
  };
  expect(hint({}, false)).toBe('No.\nSee: `pipeline jobs list`.\n');
  expect(hint({ npm_lifecycle_event: 'cli' }, false)).toContain('See: `npm run -s cli -- jobs list`.');
  expect(hint({ npm_lifecycle_event: 'cli' }, true)).toContain('`npm run -s cli -- jobs list`');
});

it('gives a pipe a sheet as it is', () => {
  expect(written(false, (output) => output.text(`${HOSTILE}\r\n`))).toBe(`${HOSTILE}\r\n`);
});
