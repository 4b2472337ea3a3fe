import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeSettings } from '../../fake-rows';
import { MAX_REJECTED_LINES } from '../../lib/types/dataset-numbers';
import type { CanonicalRecord } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { ModelView } from './parts/model-view';
import { flagRecords, flagWords, useFlags } from './use-flags';
import type { Flagged } from './use-flags';
import { usePlaces } from './use-places';

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
  await page.type(page.field('Line or words'), 'seven');
  await page.until(() => expect(rows().map((row) => row.slice(0, 9))).toEqual(['8Answer 7']));
});

const words = (found: Parameters<typeof flagRecords>[0]) =>
  [...flagRecords(found)].map(([index, flags]) => [index, flags.map(flagWords)]);

test('of several marks the gravest comes first, in the order of the list', () => {
  expect(words({ cut: found(4, 3), problem: found(7, 4), duplicate: found(8) })).toEqual([
    [3, ['cut']],
    [4, ['cut', 'problem']],
    [7, ['problem']],
    [8, ['duplicate']],
  ]);
});

test('what is too long and loses nothing is not marked as cut', () => {
  const long = { ...found(1, 2, 3), lost_tokens: [0, 305, 0] };
  expect(words({ cut: long, problem: found(), duplicate: found(3) })).toEqual([
    [2, ['305 cut']],
    [3, ['duplicate']],
  ]);
});

test('what a run refuses is not marked as cut', () => {
  const long = { ...found(1, 2, 3), lost_tokens: [90, 305, 0], refused: [true, false, true] };
  expect(words({ cut: long, problem: found(), duplicate: found() })).toEqual([
    [1, ['refused']],
    [2, ['305 cut']],
    [3, ['refused']],
  ]);
});

test('the marks of all records are made once, not each time that the page is drawn', async () => {
  const seen: Flagged[] = [];
  // Still looked for while the rest is known.
  const never = new Promise<ReturnType<typeof found>>(() => undefined);
  const dataset = fakeDataset(1);
  const Marks = () => {
    const [drawn, draw] = useState(0);
    seen.push(useFlags(usePlaces({ dataset, model: undefined, maxLength: null })));
    return <button onClick={() => draw(drawn + 1)}>Drawn {drawn}</button>;
  };
  page = await mount(<Marks />, {
    datasets: { record_ids: () => found(1), repeated_ids: () => never },
  });
  await page.until(() => expect(seen.at(-1)?.indexes).toEqual([1]));
  const before = seen.at(-1);
  await page.click(page.button('Drawn 0'));
  expect(page.text()).toBe('Drawn 1');
  expect(seen.at(-1)).not.toBe(before);
  expect(seen.at(-1)?.of).toBe(before?.of);
  expect(seen.at(-1)?.indexes).toBe(before?.indexes);
});

test('a list with only the first of the lines that are left out says so', async () => {
  const line = {
    path: null,
    record_id: null,
    type: 'role_order',
    severity: 'error',
    suggestion: null,
  } as const;
  const lines = Array.from({ length: MAX_REJECTED_LINES }, (_, index) => ({
    ...{ ...line, line: index + 2, place: index, error: 'Odd.' },
  }));
  const { report } = fakeDataset(1);
  const dataset = fakeDataset(1, { report: report && { ...report, rejected_records: 20_000 } });
  page = await mount(<ModelView dataset={dataset} />, {
    datasets: {
      records: ({ offset, limit }) => ({ total: 9, records: ROWS.slice(offset, offset + limit) }),
      rejected: () => ({ lines, truncated: true }),
    },
  });
  await page.until(() => expect(page.text()).toContain('The first 1,000 lines that are left out stand here'));
});
