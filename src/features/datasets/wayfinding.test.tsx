import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset } from '../../fake-rows';
import type { CanonicalRecord } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { usePlaces } from './use-places';
import { useRecords } from './use-records';
import { useWayfinding } from './use-wayfinding';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const record = (number: number): CanonicalRecord => ({
  id: `r${number}`,
  source_line: number + 1,
  messages: [{ role: 'assistant', content: `Answer ${number}`, trained: true }],
});

const Walker = ({ maxLength }: { readonly maxLength: number }) => {
  const dataset = fakeDataset(1);
  const records = useRecords(dataset);
  const places = usePlaces({ dataset, model: fakeBaseModel(1), maxLength });
  const ways = useWayfinding({ places, maxLength, records });
  return (
    <>
      <button type="button" onClick={ways.nextCut}>
        Cut
      </button>
      <button type="button" onClick={ways.nextProblem}>
        Problem
      </button>
      <p>{`at ${records.current?.index}. ${ways.says ?? ''}`}</p>
    </>
  );
};

test('the next record that is cut, or has a problem, is looked up once for many presses', async () => {
  const rows = Array.from({ length: 9 }, (_, index) => ({ index, record: record(index) }));
  page = await mount(<Walker maxLength={512} />, {
    datasets: {
      records: () => ({ total: 9, records: rows }),
      over_limit: () => ({ ids: ['r3', 'r7'], indexes: [3, 7], truncated: false }),
      record_ids: () => ({ ids: ['r5'], indexes: [5], truncated: false }),
    },
  });
  const press = async (button: string, at: number) => {
    await page.click(page.button(button));
    await page.until(() => expect(page.text()).toContain(`at ${at}.`));
  };
  await page.until(() => expect(page.text()).toContain('at 0.'));
  for (const at of [3, 7, 3, 7]) await press('Cut', at);
  for (let pressed = 0; pressed < 3; pressed += 1) await press('Problem', 5);
  const asked = page.fake.calls.map(({ name }) => name);
  expect(asked.filter((name) => name === 'datasets.over_limit')).toHaveLength(1);
  expect(asked.filter((name) => name === 'datasets.record_ids')).toHaveLength(1);
});
