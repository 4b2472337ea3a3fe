import { afterEach, expect, test } from 'vitest';
import { fakeBaseModel, fakeDataset } from '../../fake-rows';
import type { CanonicalRecord } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { useFlags } from './use-flags';
import { useRejected } from './use-rejected';
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

const { report } = fakeDataset(1);
const DATASET = fakeDataset(1, { report: report && { ...report, rejected_records: 2 } });
const REJECTED = {
  lines: [4, 5].map((line) => ({
    ...{ line, place: 3, path: null, record_id: null, type: 'role_order' as const },
    ...{ severity: 'error' as const, error: `Line ${line} is odd.`, suggestion: null },
  })),
  truncated: false,
};

const Walker = ({ maxLength }: { readonly maxLength: number }) => {
  const dataset = DATASET;
  const { rows: rejected } = useRejected(dataset);
  const records = useRecords(dataset, { rejected });
  const places = usePlaces({ dataset, model: fakeBaseModel(1), maxLength });
  const flagged = useFlags(places, rejected);
  const ways = useWayfinding({ places, maxLength, records, flagged });
  return (
    <>
      <button type="button" onClick={ways.nextCut}>
        Cut
      </button>
      <button type="button" onClick={ways.nextProblem}>
        Problem
      </button>
      <p>{`at ${records.current?.index}. ${ways.says ?? ''}`}</p>
      <p>{`${flagged.indexes.length} flagged`}</p>
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
      repeated_ids: () => ({ ids: ['r1'], indexes: [1], truncated: false }),
      rejected: () => ({ lines: [], truncated: false }),
    },
  });
  const press = async (button: string, at: number) => {
    await page.click(page.button(button));
    await page.until(() => expect(page.text()).toContain(`at ${at}.`));
  };
  await page.until(() => expect(page.text()).toContain('at 0.'));
  for (const at of [3, 7, 3, 7]) await press('Cut', at);
  for (const at of [1, 5, 1, 5]) await press('Problem', at);
  const asked = page.fake.calls.map(({ name }) => name);
  expect(asked.filter((name) => name === 'datasets.over_limit')).toHaveLength(1);
  expect(asked.filter((name) => name === 'datasets.record_ids')).toHaveLength(1);
});

test('the next problem is also a line left out, a record refused and one repeated, and the end is told', async () => {
  const rows = Array.from({ length: 9 }, (_, index) => ({ index, record: record(index) }));
  page = await mount(<Walker maxLength={512} />, {
    datasets: {
      records: () => ({ total: 9, records: rows }),
      over_limit: () => ({ ids: ['r3', 'r7'], indexes: [3, 7], truncated: false, refused: [false, true] }),
      record_ids: () => ({ ids: ['r5'], indexes: [5], truncated: false }),
      repeated_ids: () => ({ ids: ['r1'], indexes: [1], truncated: false }),
      rejected: () => REJECTED,
    },
  });
  await page.until(() => expect(page.text()).toContain('6 flagged'));
  const seen: string[] = [];
  for (const at of ['1', '2.33', '2.66', '5', '7', '1']) {
    await page.click(page.button('Problem'));
    await page.until(() => expect(page.text()).toContain(`at ${at}`));
    seen.push(page.text().includes('first again') ? 'again' : 'on');
  }
  expect(seen).toEqual(['on', 'on', 'on', 'on', 'on', 'again']);
});

test('the records stay when it becomes known what is left out', async () => {
  const rows = Array.from({ length: 9 }, (_, index) => ({ index, record: record(index) }));
  let answer = (_lines: typeof REJECTED): void => undefined;
  let reads = 0;
  page = await mount(<Walker maxLength={512} />, {
    datasets: {
      records: () => {
        reads += 1;
        return { total: 9, records: rows };
      },
      over_limit: () => ({ ids: [], indexes: [], truncated: false }),
      record_ids: () => ({ ids: [], indexes: [], truncated: false }),
      repeated_ids: () => ({ ids: [], indexes: [], truncated: false }),
      rejected: () => new Promise<typeof REJECTED>((resolve) => (answer = resolve)),
    },
  });
  await page.until(() => expect(page.text()).toContain('at 0.'));
  answer(REJECTED);
  await page.until(() => expect(page.text()).toContain('2 flagged'));
  expect(page.text()).toContain('at 0.');
  expect(reads).toBe(1);
});
