import { expect, it } from 'vitest';
import { heldOutVerdict, verdictSentence } from './held-out-verdict';

const of = (base_validation_loss: number | null, final_validation_loss: number | null, records: number) =>
  heldOutVerdict({ base_validation_loss, final_validation_loss, held_out_records: records });

it.each([
  [2, 1, 20, 'better', 'Better on held-out data'],
  [2, 3, 20, 'worse', 'Worse on held-out data'],
  [2, 1.995, 20, 'same', 'No better on held-out data'],
  [2, 1, 19, 'too_few', 'Lower on 19 records: too few to tell'],
  [2, 1, 1, 'too_few', 'Lower on 1 record: too few to tell'],
  [2, 3, 3, 'too_few', 'Higher on 3 records: too few to tell'],
  [2, 2, 3, 'too_few', 'The same on 3 records: too few to tell'],
  [null, 1, 40, 'not_measured', 'Not measured'],
  [null, null, 0, 'not_measured', 'Not measured'],
])('of %s → %s on %i records it says %s', (...[before, after, records, kind, words]) => {
  expect(of(before, after, records)).toMatchObject({ kind, words });
});

it('says what would make it tell', () => {
  const few = { base_validation_loss: 2, final_validation_loss: 1, held_out_records: 3 };
  expect(verdictSentence(few)).toMatch(
    /^Lower on 3 records: too few to tell\. A verdict needs 20 held-out records or more: .*Hold out a larger share/,
  );
  expect(verdictSentence({ ...few, held_out_records: 30 })).toBe('Better on held-out data.');
});
