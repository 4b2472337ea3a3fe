import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeId, fakeSettings } from '../../fake-rows';
import type { DatasetStats } from '../../lib/types/dataset-numbers';
import type { DatasetKind } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { windowsOf } from './over-limit-words';
import { TokenStrip } from './parts/token-strip';
import { Tokens } from './parts/tokens';
import { useEdits } from './use-edits';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const Asker = () => {
  const edits = useEdits(fakeDataset(1));
  const asked = edits.asked === 'fixes' || edits.asked?.kind === 'file' ? null : edits.asked;
  return (
    <>
      {([null, 'refused'] as const).map((only) => (
        <button
          key={only}
          type="button"
          onClick={() => void edits.askOverLimit({ base_model_id: fakeId(2), max_length: 1024, only })}
        >
          {`Ask ${only ?? 'all'}`}
        </button>
      ))}
      <p>{asked ? `${asked.kind} ${String(asked.ids.length)}: ${asked.which}` : 'nothing'}</p>
    </>
  );
};

test('all records over a limit are asked about, also beyond those that are listed', async () => {
  const ids = Array.from({ length: 2500 }, (_, index) => `r${String(index)}`);
  page = await mount(<Asker />, {
    datasets: {
      versions: () => [],
      over_limit: () => ({ ids, indexes: ids.map((_, index) => index), truncated: false }),
    },
  });
  await page.click(page.button('Ask all'));
  await page.until(() => expect(page.text()).toContain('exclude 2500: All longer than 1,024 tokens.'));
});

test('those that a run refuses are asked about without those that it only cuts', async () => {
  const refused = [false, true, true, false];
  const ids = ['a', 'b', 'c', 'd'];
  page = await mount(<Asker />, {
    datasets: {
      versions: () => [],
      over_limit: () => ({ ids, indexes: [0, 1, 2, 3], refused, truncated: false }),
    },
  });
  await page.click(page.button('Ask refused'));
  await page.until(() =>
    expect(page.text()).toContain(
      'exclude 2: All that do not fit into 1,024 tokens even in their shortest form.',
    ),
  );
});

const STATS: DatasetStats = {
  records: 4,
  total_tokens: 3000,
  trained_tokens: 2996,
  kept_tokens: 3000,
  over_limit: 1,
  cut_records: 1,
  lost_trained_tokens: 0,
  turns: 0,
  turn_tokens: 0,
  avg_tokens_per_turn: null,
  min: 10,
  median: 40,
  p95: 1500,
  max: 1500,
  histogram: { edges: [0, 1000, 2000], counts: [3, 1] },
  lengths: [10, 40, 1500, 1450],
  problems_total: 0,
  problems: [],
  too_long_rows: [
    {
      index: 2,
      record_id: 'long',
      line: 3,
      tokens: 1500,
      dropped_turns: 0,
      lost_tokens: 0,
      lost_trained_tokens: 0,
      refused: false,
      sides: [],
    },
  ],
  max_length: 512,
  template: { source: 'own', note: '' },
  methods: {},
};

const Both = ({ kind }: { readonly kind: DatasetKind }) => {
  const edits = useEdits({ ...fakeDataset(1), kind });
  return (
    <>
      <TokenStrip dataset={edits.dataset} model={fakeBaseModel(1)} maxLength={512} tokens={null} />
      <Tokens edits={edits} onRecord={() => undefined} />
    </>
  );
};

const showBoth = async (kind: DatasetKind, stats = STATS) => {
  page = await mount(<Both kind={kind} />, {
    base_models: { list: () => [fakeBaseModel(1)] },
    jobs: { settings: () => fakeSettings('balanced') },
    datasets: {
      versions: () => [],
      stats: () => stats,
      survey: () => new Promise(() => undefined),
    },
  });
  await page.until(() => expect(page.text()).toContain('Over the limit'));
  const table = page.find('[aria-label="Records over the limit"]');
  return [...table.querySelectorAll('th')].map(({ textContent }) => textContent);
};

test('a text over the limit is laid into windows, and nothing of it is called cut or lost', async () => {
  const heads = await showBoth('text');
  expect(page.text().match(/1 record in windows/g)?.length).toBeGreaterThanOrEqual(2);
  expect(page.text().match(/Laid into windows1 record/g)).toHaveLength(2);
  expect(page.text()).toContain('1 record longer than 512 tokens, laid into windows: nothing is lost');
  expect(page.text()).not.toMatch(/\bcut\b/);
  expect(heads.slice(0, 4)).toEqual(['Line', 'Record', 'Tokens', 'Windows']);
  expect(page.text()).toContain('long1,5003');
});

test('a conversation over the limit is cut', async () => {
  const heads = await showBoth('sft');
  expect(page.text()).toContain('1 over: 1 cut');
  expect(page.text()).toContain('1 record longer than 512 tokens: 1 cut');
  expect(page.text()).not.toContain('window');
  expect(heads.slice(2, 5)).toEqual(['Tokens', 'Turns dropped', 'Trained tokens lost']);
});

test('what a run refuses is not called cut, and can be left out alone', async () => {
  const [row] = STATS.too_long_rows;
  const refused = row && { ...row, index: 3, record_id: 'endless', lost_trained_tokens: 99, refused: true };
  const too_long_rows = [row, refused].flatMap((each) => each ?? []);
  await showBoth('sft', { ...STATS, over_limit: 2, cut_records: 1, too_long_rows });
  expect(page.text()).toContain('2 records longer than 512 tokens: 1 cut, 1 refused');
  expect(page.text()).not.toContain('2 records cut');
  expect(page.find('[aria-label="Records over the limit"]').textContent).toMatch(/endless1,500—refused/);
  expect(page.button('Exclude 1 refused…')).toBeTruthy();
  expect(page.button('Exclude all 2 over the limit…')).toBeTruthy();
});

test('of a comparison it is said what each side loses, and which side is refused', async () => {
  const [row] = STATS.too_long_rows;
  const of = (more: object) => (row ? [{ ...row, ...more }] : []);
  const too_long_rows = [
    ...of({ dropped_turns: 2, sides: [600, 610].map((tokens) => ({ tokens, lost_tokens: 200 })) }),
    ...of({ index: 3, refused: true, sides: [30, 1600].map((tokens) => ({ tokens, lost_tokens: 0 })) }),
  ];
  const stats = { ...STATS, over_limit: 2, cut_records: 1, too_long_rows };
  const heads = await showBoth('preference', stats);
  expect(heads.slice(2, 6)).toEqual(['Tokens', 'Turns dropped', 'Chosen', 'Rejected']);
  const rows = page.find('[aria-label="Records over the limit"]').querySelectorAll('tbody tr');
  expect(rows[0]?.textContent).toContain('2600, 200 cut610, 200 cut');
  expect(rows[1]?.textContent).toContain('—301,600, refused');
});

test.each([
  [512, 1],
  [513, 2],
  // Each but the first begins with the last token of the one before.
  [1023, 2],
  [1024, 3],
])('a text of %d tokens takes %d windows of 512', (tokens, windows) => {
  expect(windowsOf(tokens, 512)).toBe(windows);
});
