import { expect, it } from 'vitest';
import { diffWords, madeWords, selectionWords } from './version-words';

it('says in plain words what made a version', () => {
  expect(madeWords({ number: 1, excluded: 0, fixes: [] })).toBe('As imported');
  expect(madeWords({ number: 2, excluded: 0, fixes: [] })).toBe('Read from a newer file');
  expect(madeWords({ number: 2, excluded: 1, fixes: ['trim', { truncate_history: 4 }] })).toBe(
    '1 record excluded, white space trimmed, history cut to the last 4 turns',
  );
});

it('says how many records an edit touches, and that a new version comes of it', () => {
  const place = { usable: 1284, current: 3, next: 4 };
  const excluding = selectionWords({ kind: 'exclude', ids: ['a', 'b'], which: 'All found.' }, place);
  expect(excluding.title).toBe('Exclude 2 records?');
  expect(excluding.says).toBe(
    'All found. 1,282 of 1,284 records remain. A new version comes of it, version 4; version 3 stays as it is and can be used again.',
  );
  const including = selectionWords({ kind: 'include', ids: ['a'], which: '' }, place);
  expect(including.confirm).toBe('Include 1 record again');
  expect(including.says).toMatch(/^1,285 records are used then instead of 1,284\./);
});

it('names the figures of a difference', () => {
  const diff = { from: 1, to: 2, added: 0, removed: 1, changed: 3, unchanged: 1280, records: [] };
  expect(diffWords(diff)).toBe('3 changed, 1 removed, 0 added, 1,280 as they were');
});
