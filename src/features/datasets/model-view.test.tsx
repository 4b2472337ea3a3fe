import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FakeHandlers } from '../../fake-api';
import { fakeBaseModel, fakeDataset, fakeSettings } from '../../fake-rows';
import { AppError } from '../../lib/messages/app-error';
import type { DatasetStats } from '../../lib/types/dataset-numbers';
import type { RecordView } from '../../lib/types/record-view';
import { mount } from '../../mount';
import { ModelView } from './parts/model-view';

let page: Awaited<ReturnType<typeof mount>>;
// The document of a test has no layout to scroll.
beforeEach(() => void Reflect.set(Element.prototype, 'scrollIntoView', vi.fn()));
afterEach(() => page.unmount());

const RECORD = {
  id: 'r0',
  source_line: 1,
  messages: [{ role: 'assistant' as const, content: 'Aye.', trained: true }],
};

const viewAt = (max_length: number): RecordView => ({
  messages: RECORD.messages,
  text: 'Aye.',
  tokens: [{ id: 1, text: 'Aye.', trained: true, cut: false }],
  turns: [{ role: 'assistant', start: 0, end: 1, trained_tokens: 1, cut: false }],
  total_tokens: 1,
  trained_tokens: 1,
  lost_tokens: 0,
  lost_trained_tokens: 0,
  dropped_turns: 0,
  template: { source: 'own', note: 'Its own.' },
  max_length,
});

const open = async (
  settings: NonNullable<FakeHandlers['jobs']>['settings'],
  stats: NonNullable<FakeHandlers['datasets']>['stats'] = () => new Promise(() => undefined),
) => {
  page = await mount(<ModelView dataset={fakeDataset(1)} />, {
    base_models: { list: () => [fakeBaseModel(1)] },
    jobs: { settings },
    datasets: {
      records: () => ({ total: 1, records: [{ index: 0, record: RECORD }] }),
      view: ({ max_length }) => viewAt(max_length),
      stats,
    },
  });
};

const lengthsAsked = () =>
  page.fake.calls.flatMap(({ name, input }): unknown[] =>
    ['datasets.view', 'datasets.stats', 'datasets.packs'].includes(name)
      ? [Reflect.get(Object(input), 'max_length')]
      : [],
  );

const COUNTED: DatasetStats = {
  ...{ records: 1, total_tokens: 1004, trained_tokens: 1, kept_tokens: 1004, over_limit: 0 },
  cut_records: 0,
  ...{ lost_trained_tokens: 0, turns: 1, turn_tokens: 1, avg_tokens_per_turn: 1 },
  ...{ min: 1004, median: 1004, p95: 1004, max: 1004, histogram: { edges: [0, 1004], counts: [1] } },
  ...{ lengths: [1004], problems_total: 0, problems: [], too_long_rows: [], max_length: 2048 },
  template: { source: 'own', note: 'Its own.' },
  methods: {},
};

const RUN_LENGTH = 640;

test('a record is cut where a new run would cut it, and never asked for at another length', async () => {
  await open(() => ({ ...fakeSettings('balanced'), max_length: RUN_LENGTH }));
  await page.until(() => expect(page.text()).toContain('Aye.'));
  await page.until(() => expect(page.button('Max length').textContent).toContain('Max length 640'));
  expect(new Set(lengthsAsked())).toEqual(new Set([RUN_LENGTH]));
});

test('where that length is not known, it says so', async () => {
  await open(() => {
    throw new AppError({ code: 'model_changed', message: 'The base model is gone.', hint: 'Add it again.' });
  });
  await page.until(() => expect(page.text()).toContain('The base model is gone.'));
  expect(lengthsAsked()).toEqual([]);
});

test('the list tells the tokens of a record once they are counted, and its turns until then', async () => {
  let counted: (stats: DatasetStats) => void = () => undefined;
  await open(
    () => fakeSettings('balanced'),
    () => new Promise((resolve) => (counted = resolve)),
  );
  const row = () => page.find('[role=option]').textContent;
  await page.until(() => expect(row()).toContain('1 turn'));
  counted(COUNTED);
  await page.until(() => expect(row()).toContain('1,004 tokens'));
  expect(row()).not.toContain('turn');
});

test('the place of what a key found out is there before, so that the list does not shrink below its row', async () => {
  await open(() => ({ ...fakeSettings('balanced'), max_length: RUN_LENGTH }));
  await page.until(() => page.button('Next'));
  expect(page.find('[role=status].min-h-5').textContent).toBe('');
});
