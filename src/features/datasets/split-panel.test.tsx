import { expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import type { SplitView } from '../../lib/types/dataset-split';
import { mount } from '../../mount';
import { SplitPanel } from './parts/split-panel';

const VIEW: SplitView = {
  seed: 1,
  share: 0.1,
  train: 19,
  held_out: 1,
  strata: [
    { kind: 'topic', value: 'rent', train: 9, held_out: 1 },
    { kind: 'topic', value: 'loans', train: 10, held_out: 0 },
  ],
  rows: [{ index: 3, record_id: 'r3', line: 4 }],
};

const heldOut = async (view: SplitView): Promise<string[]> => {
  const page = await mount(
    <SplitPanel
      dataset={fakeDataset(1, { id: fakeId(1) })}
      split={{ seed: view.seed, share: view.share }}
      onChange={() => undefined}
      onRecord={() => undefined}
    />,
    { datasets: { split: () => view } },
  );
  await page.until(() => page.find('td[data-head="Held out"]'));
  const cells = [...document.querySelectorAll('td[data-head="Held out"]')].map(
    ({ textContent }) => textContent,
  );
  await page.unmount();
  return cells;
};

test('a topic of which nothing is held out is told, where something is held out at all', async () => {
  expect(await heldOut(VIEW)).toEqual(['1', 'none held out']);
  const none = { ...VIEW, share: 0, train: 20, held_out: 0, rows: [] };
  const strata = VIEW.strata.map((each) => ({ ...each, train: 10, held_out: 0 }));
  expect(await heldOut({ ...none, strata })).toEqual(['0', '0']);
});
