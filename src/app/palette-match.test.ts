import fc from 'fast-check';
import { expect, test } from 'vitest';
import { found as foundGroups, matchPieces, matchScore } from './palette-match';

const LABELS = [
  { label: 'Pause “Lighthouse keeper, long answers”', onThing: 'one' },
  { label: 'Import data…' },
  { label: 'Lighthouse keeper, long answers' },
  { label: 'glossary' },
  { label: 'The glossary of knots' },
  { label: 'hyperglossary' },
];

const found = (query: string): string[] =>
  LABELS.map((entry) => ({ label: entry.label, score: matchScore(entry, query) }))
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
    .map(({ label }) => label);

test('finds what is typed, the start of a name before that of a word before the middle', () => {
  expect(found('gloss')).toEqual(['glossary', 'The glossary of knots', 'hyperglossary']);
});

test('letters strewn over a name are no match', () => {
  expect(found('lgthse')).toEqual([]);
});

test('a thing comes before what can be done to it, unless that is what is typed', () => {
  expect(found('lighthouse')[0]).toBe('Lighthouse keeper, long answers');
  expect(found('keeper')[0]).toBe('Lighthouse keeper, long answers');
  expect(found('pause')[0]).toBe('Pause “Lighthouse keeper, long answers”');
});

test('every word has to be there, in any order and case', () => {
  expect(found('LONG pause')).toEqual(['Pause “Lighthouse keeper, long answers”']);
  expect(found('long knots')).toEqual([]);
});

test('the group of the best answer stands first: a dataset before what can be done to it', () => {
  const entries = [
    { group: 'Actions', label: 'Delete dataset “glossary”…', onThing: 'one' },
    { group: 'Datasets', label: 'glossary' },
  ] as const;
  expect(foundGroups(entries, 'gloss').map(({ group }) => group)).toEqual(['Datasets', 'Actions']);
  expect(foundGroups(entries, 'delete')[0]?.group).toBe('Actions');
});

test('marks what was typed where it is found, each word once', () => {
  const marked = (label: string, query: string) =>
    matchPieces(label, query)
      .map(({ text, isHit }) => (isHit ? `[${text}]` : text))
      .join('');
  expect(marked('Resume “Field report rewrite”', 'res')).toBe('[Res]ume “Field report rewrite”');
  expect(marked('Long-form research notes', 'res LONG')).toBe('[Long]-form [res]earch notes');
  expect(marked('glossary', 'glossary gloss')).toBe('[glossary]');
  expect(marked('glossary', '')).toBe('glossary');
});

test('the pieces are the label, whatever is typed', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (label, query) =>
        matchPieces(label, query)
          .map(({ text }) => text)
          .join('') === label,
    ),
  );
});
