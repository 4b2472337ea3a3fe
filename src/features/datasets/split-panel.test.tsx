import { expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import type { SplitChoice, SplitView } from '../../lib/types/dataset-split';
import { mount } from '../../mount';
import { paths } from '../../paths';
import { SplitPanel } from './parts/split-panel';

const VIEW: SplitView = {
  seed: 1,
  share: 0.1,
  stratify: 'auto',
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
      split={{ seed: view.seed, share: view.share, stratify: view.stratify }}
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

test('strata can be left alone, and a run is begun with it', async () => {
  const changes: SplitChoice[] = [];
  const split: SplitChoice = { seed: 1, share: 0.1, stratify: 'off' };
  const page = await mount(
    <SplitPanel
      dataset={fakeDataset(1, { id: fakeId(1) })}
      split={split}
      onChange={(next) => changes.push(next)}
      onRecord={() => undefined}
    />,
    { datasets: { split: () => ({ ...VIEW, stratify: 'off' }) } },
  );
  await page.until(() => page.find('td[data-head="Held out"]'));
  expect(page.text()).toContain('wherever they stand among the personas, arcs and topics');
  await page.click(page.button('Strata'));
  await page.until(() => page.find('[role=option]'));
  await page.click(page.find('[role=option]'));
  expect(changes).toEqual([{ ...split, stratify: 'auto' }]);
  await page.click(page.button('New run with it'));
  expect(page.visited.at(-1)).toBe(paths.newRunSplit(fakeId(1), { share: 0.1, seed: 1, stratify: 'off' }));
  await page.unmount();
});

test('a topic of which nothing is held out is told, where something is held out at all', async () => {
  expect(await heldOut(VIEW)).toEqual(['1', 'none held out']);
  const none = { ...VIEW, share: 0, train: 20, held_out: 0, rows: [] };
  const strata = VIEW.strata.map((each) => ({ ...each, train: 10, held_out: 0 }));
  expect(await heldOut({ ...none, strata })).toEqual(['0', '0']);
});
