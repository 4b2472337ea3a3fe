import { expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import type { CanonicalRecord } from '../../lib/types/dataset-records';
import type { ChangesPage, RecordChange, VersionDiff } from '../../lib/types/dataset-versions';
import { mount } from '../../mount';
import { EditDifference } from './parts/version-diff';
import { NO_EDIT } from './version-words';

const EDIT = { ...NO_EDIT, fixes: ['trim' as const] };

const changes = (count: number): readonly RecordChange[] =>
  Array.from({ length: count }, (_, index) => ({
    record_id: `r${String(index)}`,
    source_line: index + 1,
    change: index % 2 === 0 ? 'changed' : 'removed',
    before: null,
    after: null,
  }));

/** An edit that was only looked at, with these changes; what is asked of it is noted. */
const show = async (all: readonly RecordChange[]) => {
  const count = all.length;
  const asked: ChangesPage[] = [];
  const pageOf = ({ offset, limit, change }: ChangesPage): VersionDiff => ({
    ...{ from: 1, to: null, added: 0, unchanged: 0 },
    ...{ changed: Math.ceil(count / 2), removed: Math.floor(count / 2) },
    records: all.filter((one) => change === null || one.change === change).slice(offset, offset + limit),
  });
  const page = await mount(
    <EditDifference
      dataset={fakeDataset(1)}
      edit={EDIT}
      diff={pageOf({ offset: 0, limit: 200, change: null })}
    />,
    {
      datasets: {
        preview_edit: ({ edit, offset, limit, change }) => {
          expect(edit).toEqual(EDIT);
          asked.push({ offset, limit, change });
          return pageOf({ offset, limit, change });
        },
      },
    },
  );
  return { page, asked };
};

test('all changes of an edit that was only looked at can be paged through', async () => {
  const { page, asked } = await show(changes(450));
  await page.until(() => expect(page.text()).toContain('1 to 10 of 450 records'));
  expect(asked).toEqual([]);
  for (let turned = 0; turned < 44; turned += 1) await page.click(page.button('Next page'));
  await page.until(() => expect(page.text()).toContain('line 450'));
  expect(asked).toEqual([
    { offset: 200, limit: 200, change: null },
    { offset: 400, limit: 200, change: null },
  ]);
  await page.click(page.button('Removed'));
  await page.until(() => expect(page.text()).toContain('1 to 10 of 225 records'));
  await page.until(() => expect(page.text()).toContain('line 20removed'));
  expect(asked.at(-1)).toEqual({ offset: 0, limit: 200, change: 'removed' });
});

test('nothing is asked again where all changes are known', async () => {
  const { page, asked } = await show(changes(60));
  await page.click(page.button('Removed'));
  await page.until(() => expect(page.text()).toContain('1 to 10 of 30 records'));
  await page.until(() => expect(page.text()).toContain('line 20removed'));
  expect(asked).toEqual([]);
});

test('what stays of a record is counted by its parts, of which a turn may have several', async () => {
  const record = (amount: number): CanonicalRecord => ({
    ...{ id: 'r', source_line: 1, tools: [{ name: 'pay' }] },
    messages: [
      { role: 'user', content: 'Pay.', trained: false },
      {
        ...{ role: 'assistant', content: '', trained: true },
        tool_calls: [{ type: 'function', function: { name: 'pay', arguments: { amount } } }],
      },
    ],
  });
  const { page } = await show([
    { record_id: 'r', source_line: 1, change: 'changed', before: record(1), after: record(2) },
  ]);
  await page.until(() => expect(page.text()).toContain('3 parts as before'));
  expect(page.text()).toContain('assistant: call');
});
