import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../lib/messages/app-error';
import type { DatasetStats } from '../../lib/types/dataset-numbers';
import type { RecordPacks } from '../../lib/types/record-packs';
import type { FakeHandlers } from '../../fake-api';
import { fakeId } from '../../fake-rows';
import { mount } from '../../mount';
import { PackBorders } from './parts/pack-borders';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const document = (index: number, start: number, end: number) => ({
  index,
  record_id: `r${String(index)}`,
  line: index + 1,
  start,
  end,
  behind: null,
});
const PACKS: RecordPacks = {
  step: 3,
  budget: 2048,
  packs_of_step: 2,
  packs: [{ number: 1, documents: [document(8, 0, 900), document(4, 900, 1200), document(6, 1200, 1300)] }],
};

const STATS: DatasetStats = {
  records: 9,
  total_tokens: 1300,
  trained_tokens: 700,
  kept_tokens: 1300,
  over_limit: 0,
  cut_records: 0,
  lost_trained_tokens: 0,
  turns: 9,
  turn_tokens: 700,
  avg_tokens_per_turn: 78,
  min: 50,
  median: 100,
  p95: 900,
  max: 900,
  histogram: { edges: [], counts: [] },
  lengths: null,
  problems_total: 0,
  problems: [],
  too_long_rows: [],
  max_length: 2048,
  template: { source: 'own', note: '' },
  methods: {},
};

const request = {
  id: fakeId(1),
  index: 4,
  base_model_id: fakeId(2),
  max_length: 2048,
};
type Datasets = NonNullable<FakeHandlers['datasets']>;

const open = async (
  packs: Datasets['packs'],
  { stats, seen = [] }: { stats?: Datasets['stats']; seen?: number[] } = {},
) => {
  const borders = <PackBorders version="1" request={request} onRecord={(index) => seen.push(index)} />;
  page = await mount(borders, { datasets: { packs, ...(stats && { stats }) } });
};

test('a record says where it lies in its row, and leads to its neighbours', async () => {
  const seen: number[] = [];
  await open(() => PACKS, { seen });
  await page.until(() =>
    expect(page.text()).toContain('tokens 901–1,200 of 1,300, in a row of at most 2,048'),
  );
  expect(page.text()).toContain('In step 3 of the first epoch, row 1 of 2');
  await page.click(page.button('line 9: 1–900'));
  expect(seen).toEqual([8]);
});

test('what records begin with alike is said to be there once', async () => {
  const behind = { start: 0, end: 24 };
  const documents = [8, 4, 6].map((index, at) => ({
    ...document(index, 24 + 100 * at, 124 + 100 * at),
    behind,
  }));
  await open(() => ({ ...PACKS, packs: [{ number: 1, documents }] }));
  await page.until(() =>
    expect(page.text()).toContain(
      '2 other records of the row begin with the same tokens 1–24, which are computed once.',
    ),
  );
  expect(page.text()).toContain('this record is tokens 1–24 and 125–224 of 324');
});

const notCounted = () => {
  throw new AppError({ code: 'tokens_not_counted', message: 'Not counted.', hint: 'Count them.' });
};

test('where the tokens are not counted, it counts them and asks again', async () => {
  const asked: unknown[] = [];
  await open(() => (asked.length > 0 ? PACKS : notCounted()), {
    stats: (wanted) => {
      asked.push(wanted);
      return STATS;
    },
  });
  await page.until(() => expect(page.text()).toContain('row 1 of 2'));
  expect(asked).toEqual([{ id: fakeId(1), base_model_id: fakeId(2), max_length: 2048 }]);
});

test('where they cannot be counted, it says why', async () => {
  await open(notCounted, {
    stats: () => {
      throw new AppError({ code: 'disk_full', message: 'The disk is full.', hint: 'Free some space.' });
    },
  });
  await page.until(() => expect(page.text()).toContain('The disk is full. Free some space.'));
});
