import { expect, it } from 'vitest';
import type { DatasetProblem, DatasetReport } from '../types/dataset-records';
import { isBlocked, readiness } from './readiness';
import type { JudgedDataset, KnownCut } from './readiness';

const REPORT: DatasetReport = {
  shape: 'D',
  format: 'chat',
  kind: 'sft',
  reason: 'Every line has messages.',
  records_total: 660,
  usable_records: 660,
  rejected_records: 0,
  skipped_null_target: 0,
  conversations: 660,
  duplicates_exact: 0,
  problems_total: 0,
  problems: [],
};
const problem = (rest: Partial<DatasetProblem>): DatasetProblem => ({
  line: 1,
  path: null,
  record_id: null,
  type: 'empty_value',
  severity: 'error',
  error: 'It is empty.',
  suggestion: 'Fill it.',
  ...rest,
});
const dataset = (report: Partial<DatasetReport>, rest: Partial<JudgedDataset> = {}): JudgedDataset => ({
  status: 'ready',
  training_ready: true,
  total_training_pairs: 600,
  total_validation_pairs: 60,
  report: { ...REPORT, ...report },
  ...rest,
});
const FAILED = { status: 'error', training_ready: false } as const;
const CUT: KnownCut = {
  max_length: 2048,
  over_limit: 61,
  cut_records: 61,
  max: 3412,
  trained_tokens: 1000,
  lost_trained_tokens: 18,
};
const ERRORS = { to: 'problems', filter: { severity: 'error' } };
const WARNINGS = { severity: 'warning' };
const AGAIN = { to: 'import' };
const RENEW = { to: 'renew' };
const MAPPING = { to: 'reading', what: 'mapping' };

it.each([
  ['nothing where all is well', dataset({}), null, []],
  [
    'an import under way',
    dataset({}, { status: 'validating', training_ready: false, report: null }),
    null,
    [['blocking', /still being imported/, []]],
  ],
  [
    'zero usable records, whatever the flag says',
    dataset({ usable_records: 0, problems: [problem({})] }),
    null,
    [['blocking', /None of its 660 records can be used. It is empty./, [ERRORS, AGAIN]]],
  ],
  [
    'an unknown shape',
    dataset({ usable_records: 0, problems: [problem({ type: 'unknown_shape' })] }, FAILED),
    null,
    [['blocking', /None of its 660/, [MAPPING, ERRORS]]],
  ],
  [
    'a table with columns nobody named',
    dataset(
      { usable_records: 0, problems: [problem({})], mapping: { columns: ['a'], roles: {}, rows: [] } },
      FAILED,
    ),
    null,
    [['blocking', /None of its 660/, [MAPPING, ERRORS]]],
  ],
  [
    'a file in another encoding',
    dataset({ usable_records: 0, problems: [problem({ type: 'encoding_error' })] }, FAILED),
    null,
    [['blocking', /None of its 660/, [{ to: 'reading', what: 'other' }, ERRORS]]],
  ],
  [
    'a file that cannot be read',
    dataset({ usable_records: 0, records_total: 0, problems: [problem({ type: 'unreadable' })] }, FAILED),
    null,
    [['blocking', /No record can be used/, [AGAIN]]],
  ],
  [
    'a broken import',
    dataset({}, { ...FAILED, report: null }),
    null,
    [['blocking', /did not come to its end/, [AGAIN]]],
  ],
  [
    'one rejected record',
    dataset({ rejected_records: 1 }),
    null,
    [['advice', /^1 record of 660 cannot be used and is left out/, [ERRORS, { to: 'fixes' }]]],
  ],
  [
    'records without an answer',
    dataset({ skipped_null_target: 2 }),
    null,
    [['advice', /^2 records have no answer/, [RENEW]]],
  ],
  [
    'warnings',
    dataset({ problems_total: 1, problems: [problem({ severity: 'warning', type: 'role_order' })] }),
    null,
    [
      [
        'advice',
        /^1 record has a warning: role order\.$/,
        [
          { to: 'problems', filter: WARNINGS },
          { to: 'exclude', filter: WARNINGS },
        ],
      ],
    ],
  ],
  [
    'warnings of several kinds, not all of them listed',
    dataset({
      problems_total: 900,
      problems: [
        problem({ severity: 'warning', type: 'role_order' }),
        problem({ severity: 'warning', type: 'duplicate_id' }),
        problem({ severity: 'warning', type: 'role_order', line: 2 }),
      ],
    }),
    null,
    [
      [
        'advice',
        /^At least 2 records have a warning: role order, duplicate id\.$/,
        [
          { to: 'problems', filter: WARNINGS },
          { to: 'exclude', filter: WARNINGS },
        ],
      ],
    ],
  ],
  [
    'warnings of many records on one line, in a report that did not count them',
    dataset({
      problems_total: 300,
      problems: Array.from({ length: 100 }, (_, nth) =>
        problem({ line: 1, record_id: `record ${String(nth)}`, type: 'role_order', severity: 'warning' }),
      ),
    }),
    null,
    [
      [
        'advice',
        /^At least 100 records have a warning: role order\.$/,
        [
          { to: 'problems', filter: WARNINGS },
          { to: 'exclude', filter: WARNINGS },
        ],
      ],
    ],
  ],
  [
    'warnings behind as many errors as a report lists',
    dataset({
      problems_total: 103,
      problems: Array<DatasetProblem>(100).fill(problem({})),
      problem_counts: [
        { type: 'empty_value', severity: 'error', count: 100 },
        { type: 'role_order', severity: 'warning', count: 3 },
      ],
      warned_records: 2,
    }),
    null,
    [
      [
        'advice',
        /^2 records have a warning: role order\.$/,
        [
          { to: 'problems', filter: WARNINGS },
          { to: 'exclude', filter: WARNINGS },
        ],
      ],
    ],
  ],
  [
    'a file that breaks off',
    dataset({ read_until: { line: 661, reason: 'the archive is cut off or damaged' } }),
    null,
    [
      [
        'advice',
        /^Only the beginning .* cut off or damaged \(line 661\)\. 660 records stand/,
        [RENEW, ERRORS],
      ],
    ],
  ],
  [
    'a version-3 label',
    dataset({ format: 'brightrun_lora_v3' }),
    null,
    [['advice', /^The file calls itself version 3/, [RENEW]]],
  ],
  ['a quality that is just good enough', dataset({ quality_mean: 3 }), null, []],
  [
    'a low quality',
    dataset({ quality_mean: 2.99 }),
    null,
    [['advice', /are 2\.99 on average, under 3\.0/, [RENEW]]],
  ],
  ['as many records as are advised', dataset({ usable_records: 500 }), null, []],
  [
    'fewer records than are advised',
    dataset({ usable_records: 499 }),
    null,
    [['advice', /^499 records are few/, [RENEW, { to: 'setting', setting: 'num_epochs' }]]],
  ],
  [
    'duplicates',
    dataset({ duplicates_exact: 3 }),
    null,
    [['advice', /^3 records repeat/, [{ to: 'repeats' }, { to: 'duplicates' }]]],
  ],
  [
    'few records',
    dataset({ usable_records: 12 }),
    null,
    [['advice', /^12 records are few/, [RENEW, { to: 'setting', setting: 'num_epochs' }]]],
  ],
  [
    'nothing held out',
    dataset({}, { total_validation_pairs: 0 }),
    null,
    [['advice', /No record is left to be held out/, [RENEW]]],
  ],
  [
    'a cut',
    dataset({}),
    CUT,
    [
      [
        'advice',
        /^61 records are longer than 2,048 tokens; 1.8 %/,
        [{ to: 'setting', setting: 'max_length' }],
      ],
    ],
  ],
  ['texts over the limit, of which nothing is cut', dataset({ kind: 'text' }), CUT, []],
  ['a length that cuts nothing', dataset({}), { ...CUT, over_limit: 0, cut_records: 0 }, []],
  [
    'what is cut apart from what a run refuses',
    dataset({}),
    { ...CUT, cut_records: 59 },
    [
      [
        'advice',
        /^2 records do not fit into 2,048 tokens even in the shortest form; a run of that length stops at them\.$/,
        [{ to: 'setting', setting: 'max_length' }],
      ],
      [
        'advice',
        /^59 records are longer than 2,048 tokens; 1.8 %/,
        [{ to: 'setting', setting: 'max_length' }],
      ],
    ],
  ],
  [
    'no cut where all over the limit is refused',
    dataset({}),
    { ...CUT, over_limit: 1, cut_records: 0 },
    [['advice', /^1 record does not fit into .* stops at it\.$/, [{ to: 'setting', setting: 'max_length' }]]],
  ],
  [
    'no advice beside what blocks',
    dataset({ usable_records: 0, duplicates_exact: 3 }),
    CUT,
    [['blocking', /None/, [AGAIN]]],
  ],
] as const)('finds %s', (...[, judged, cut, expected]) => {
  const found = readiness(judged, cut);
  expect(found).toEqual(
    expected.map(([kind, reason, remedies]) => ({
      kind,
      remedies,
      reason: expect.stringMatching(reason) as string,
      remedy: expect.stringMatching(/\.$/) as string,
    })),
  );
  expect(isBlocked(judged)).toBe(found.some(({ kind }) => kind === 'blocking'));
});
