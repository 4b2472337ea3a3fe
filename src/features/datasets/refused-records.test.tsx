import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeSettings } from '../../fake-rows';
import { refusedAdvice } from '../../lib/training/refused-advice';
import type { DatasetStats } from '../../lib/types/dataset-numbers';
import { mount } from '../../mount';
import { RefusedRecords } from './parts/refused-records';
import { useEdits } from './use-edits';

const problem = (index: number, type = 'template_refused') => ({
  ...{ index, line: index + 1, path: null, record_id: `r${index}`, type, severity: 'error' as const },
  ...{ error: 'Line 7: the template of this base model cannot write tools.', suggestion: null },
});
const TOO_LONG = {
  ...{ index: 0, record_id: 'r0', line: 1, tokens: 900, dropped_turns: 0, lost_tokens: 900 },
  ...{ lost_trained_tokens: 0, refused: true, sides: [] },
};
const STATS: DatasetStats = {
  ...{ records: 4, total_tokens: 900, trained_tokens: 400, kept_tokens: 0, over_limit: 1, cut_records: 0 },
  ...{ lost_trained_tokens: 0, turns: 4, turn_tokens: 8, avg_tokens_per_turn: 2, min: 0, median: 0, p95: 0 },
  ...{ max: 900, histogram: { edges: [0, 1], counts: [4] }, lengths: [900, 0, 0, 0], problems_total: 3 },
  problems: [problem(0, 'token_overflow'), problem(1), problem(3)],
  too_long_rows: [TOO_LONG],
  max_length: 512,
  template: { source: 'own', note: '' },
  methods: { problems: 'Counted.' },
};

const Shown = () => {
  const edits = useEdits(fakeDataset(1));
  return (
    <>
      <RefusedRecords stats={STATS} model={fakeBaseModel(1)} edits={edits} onRecord={() => undefined} />
      {JSON.stringify(edits.asked)}
    </>
  );
};

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

test('what a run refuses at any length is listed with why, and left out together', async () => {
  page = await mount(<Shown />, {
    jobs: { settings: () => fakeSettings('balanced') },
    datasets: {
      versions: () => [],
      over_limit: () => ({
        ...{ ids: ['r0', 'r1', 'r3'], indexes: [0, 1, 3], truncated: false },
        ...{ refused: [true, true, true], over: [true, false, false] },
      }),
    },
  });
  expect(page.text()).toContain('2 records');
  expect(page.text()).toContain('cannot write tools');
  expect(page.text()).not.toContain('r0');
  await page.click(page.button('Exclude all 2 refused…'));
  await page.until(() =>
    expect(page.text()).toContain(
      '"ids":["r1","r3"],"which":"All that a run with this base model refuses at any length."',
    ),
  );
});

test('a dataset is not ready without a word where its base model cannot write some of it', () => {
  expect(refusedAdvice(STATS)).toMatchObject([
    {
      reason:
        'A run with this base model stops at 2 records. The template of this base model cannot write tools.',
      remedies: [{ to: 'tokens' }],
    },
  ]);
  expect(refusedAdvice({ ...STATS, problems_total: 1 })).toEqual([]);
  expect(refusedAdvice(null)).toEqual([]);
});
