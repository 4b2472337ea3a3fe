import { expect, it } from 'vitest';
import { namedRows, severalWords } from './named-rows';

const ROWS = [
  { id: 'abcdef-1', name: 'Twin' },
  { id: 'abcdef-2', name: 'Twin' },
  { id: 'bcdefg-3', name: 'abcdef-1' },
  { id: 'cdefgh-4', name: 'abcdef' },
];

const idsOf = (word: string) => namedRows(word, ROWS).rows.map(({ id }) => id);

it.each([
  ['abcdef-1', ['abcdef-1']],
  ['Twin', ['abcdef-1', 'abcdef-2']],
  ['abcdef', ['cdefgh-4']],
  ['abcdef-', ['abcdef-1', 'abcdef-2']],
  ['bcdefg', ['bcdefg-3']],
  ['bcdef', []],
  ['other', []],
])('%s names %j: an id before a name before the beginning of an id', (word, ids) => {
  expect(idsOf(word)).toEqual(ids);
});

it('says what several have in common', () => {
  const words = (word: string) => severalWords('dataset', word, namedRows(word, ROWS));
  expect(words('Twin')).toBe('2 datasets are called “Twin”');
  expect(words('abcdef-')).toBe('The ids of 2 datasets begin with “abcdef-”');
});
