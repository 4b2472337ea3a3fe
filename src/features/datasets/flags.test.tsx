import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeSettings } from '../../fake-rows';
import type { CanonicalRecord } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { ModelView } from './parts/model-view';
import { flagRecords } from './use-flags';

let page: Awaited<ReturnType<typeof mount>>;
// The document of a test has no layout to scroll.
beforeEach(() => void Reflect.set(Element.prototype, 'scrollIntoView', vi.fn()));
afterEach(() => page.unmount());

const record = (number: number): CanonicalRecord => ({
  id: `r${number}`,
  source_line: number + 1,
  messages: [{ role: 'assistant', content: `Answer ${number}`, trained: true }],
});
const ROWS = Array.from({ length: 9 }, (_, index) => ({ index, record: record(index) }));
const found = (...indexes: number[]) => ({
  ids: indexes.map((index) => `r${index}`),
  indexes,
  truncated: false,
});

const rows = () => [...document.querySelectorAll('[role=option]')].map(({ textContent }) => textContent);

test('the list marks what is cut, repeated or a problem, and shows only that where asked', async () => {
  page = await mount(<ModelView dataset={fakeDataset(1)} />, {
    base_models: { list: () => [fakeBaseModel(1)] },
    jobs: { settings: () => fakeSettings('balanced') },
    datasets: {
      records: ({ offset, limit }) => ({ total: 9, records: ROWS.slice(offset, offset + limit) }),
      over_limit: () => ({ ...found(3, 4), lost_tokens: [1305, 12] }),
      record_ids: ({ problem }) =>
        problem ? { ...found(4, 7), problems: ['unsupported_content', 'role_order'] } : found(1, 7),
      repeated_ids: () => found(8),
    },
  });
  await page.until(() => expect(page.text()).toContain('4 marked'));
  expect(rows()).toHaveLength(9);
  await page.click(page.button('4 marked'));
  await page.until(() =>
    expect(rows().map((row) => row.replace(/\d+ turns?/, ''))).toEqual([
      '4Answer 31,305 cut',
      '5Answer 412 cut',
      '8Answer 7role order',
      '9Answer 8duplicate',
    ]),
  );
  expect(page.find('#record-4 [title]').title).toBe('12 cut, unsupported');
  await page.type(page.field('Words in a record'), 'seven');
  await page.until(() => expect(rows().map((row) => row.slice(0, 9))).toEqual(['8Answer 7']));
});

const cut = { kind: 'cut', words: 'cut' };
const problem = { kind: 'problem', words: 'problem' };
const duplicate = { kind: 'duplicate', words: 'duplicate' };

test('of several marks the gravest comes first, in the order of the list', () => {
  const flags = flagRecords({ cut: found(4, 3), problem: found(7, 4), duplicate: found(8) });
  expect([...flags]).toEqual([
    [3, [cut]],
    [4, [cut, problem]],
    [7, [problem]],
    [8, [duplicate]],
  ]);
});

test('what is too long and loses nothing is not marked as cut', () => {
  const long = { ...found(1, 2, 3), lost_tokens: [0, 305, 0] };
  expect([...flagRecords({ cut: long, problem: found(), duplicate: found(3) })]).toEqual([
    [2, [{ kind: 'cut', words: '305 cut' }]],
    [3, [duplicate]],
  ]);
});
