import { expect, it } from 'vitest';
import { exclusionWords } from './exclusion-words';

const records = Array.from({ length: 7 }, (_, n) => ({ record_id: `r${String(n)}`, source_line: 1000 + n }));

it('says of excluded records in a newer file which stay out, which come in again, and which are gone', () => {
  expect(exclusionWords({ kept: 38, changed: 1, gone: 1, records: records.slice(0, 1) })).toEqual([
    '38 excluded records say the same and stay out.',
    '1 excluded record has changed and comes in again: r0 (line 1,000).',
    '1 exclusion matches no record of the newer file and is forgotten: in a later file such a record comes in again.',
  ]);
  expect(exclusionWords({ kept: 1, changed: 7, gone: 0, records })).toEqual([
    '1 excluded record says the same and stays out.',
    '7 excluded records have changed and come in again: r0 (line 1,000), r1 (line 1,001), r2 (line 1,002), r3 (line 1,003), r4 (line 1,004) and 2 more.',
  ]);
});
