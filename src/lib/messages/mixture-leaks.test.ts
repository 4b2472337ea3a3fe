import { expect, it } from 'vitest';
import { mixtureLeakWords } from './mixture-leaks';

const NONE = { held_out: 12, records: 0, unchecked: 0, first: null };

it('says that nothing was found', () =>
  expect(mixtureLeakWords(NONE)).toBe('No held-out record is nearly like one of the training part'));

it('says what could not be compared with all', () =>
  expect(mixtureLeakWords({ ...NONE, unchecked: 3 })).toBe(
    'No held-out record is nearly like one of the training part; 3 were compared with the 32 likeliest only',
  ));

it('says where to look, and what to do', () => {
  const first = { held_out: { dataset: 'b', line: 4 }, train: { dataset: 'a', line: 1200 } };
  expect(mixtureLeakWords({ ...NONE, records: 1, first })).toBe(
    '1 of 12 held-out records is nearly like one of the training part. The first: line 4 of “b”, like line 1,200 of “a”. Leave out such records of one dataset, or the held-out loss looks better than it is',
  );
});

it('says that it did not look', () => expect(mixtureLeakWords(null)).toContain('more than 20,000 records'));
