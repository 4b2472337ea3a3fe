import { expect, it } from 'vitest';
import { alikeAdvice } from './alike-advice';

const survey = (leaking: number, near: number) => ({
  leakage: { ...{ seed: 42, share: 0.1, train: 27, held_out: 3 }, records: leaking, unchecked: 0, rows: [] },
  duplicates: { exact: 0, near, groups_total: 0, unchecked: 0, groups: [] },
});

it('says what is held out and trained all the same, and what is nearly the same', () => {
  expect(alikeAdvice(survey(3, 21)).map(({ reason }) => reason)).toEqual([
    '3 of 3 held-out records are like one that is trained: the held-out loss looks better than the model is.',
    '21 records are nearly the same as another, and what they have in common weighs more in training.',
  ]);
  expect(alikeAdvice(survey(1, 1)).map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^1 of 3 held-out records is like one/),
    expect.stringMatching(/^1 record is nearly the same/),
  ]);
  expect([...alikeAdvice(survey(0, 0)), ...alikeAdvice(null)]).toEqual([]);
});
