import { expect, it } from 'vitest';
import { importOptionsOf } from './import-options';

const options = (words: Parameters<typeof importOptionsOf>[0]) => importOptionsOf(words, ['a.csv']);

it('reads --map and --table as cli.md writes them', () => {
  expect(
    options({
      map: ['user=Frage', 'assistant=a=b'],
      table: 'header=no,delimiter=tab,quote=none',
      salvage: true,
    }),
  ).toEqual({
    salvage: true,
    mapping: { user: 'Frage', assistant: 'a=b' },
    table: { header: false, delimiter: '\t', quote: null },
  });
  expect(options({ table: 'delimiter=,' })).toEqual({ table: { delimiter: ',' } });
});

it('refuses a role that --map names twice', () => {
  expect(() => options({ map: ['user=a', 'assistant=b', 'user=c'] })).toThrow('--map names user twice.');
});

it.each([{ map: ['user'] }, { map: ['teacher=a'] }, { table: 'header=maybe' }, { table: 'colour=red' }])(
  'refuses %j',
  (words) => {
    expect(() => options(words)).toThrow(/takes/);
  },
);
