import { expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
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

/** An edit that was only looked at, with as many changes; what is asked of it is noted. */
const show = async (count: number) => {
  const all = changes(count);
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
  const { page, asked } = await show(450);
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
  const { page, asked } = await show(60);
  await page.click(page.button('Removed'));
  await page.until(() => expect(page.text()).toContain('1 to 10 of 30 records'));
  await page.until(() => expect(page.text()).toContain('line 20removed'));
  expect(asked).toEqual([]);
});
