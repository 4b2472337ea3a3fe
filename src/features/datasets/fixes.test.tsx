import { expect, test, vi } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import type { SafeFix } from '../../lib/types/dataset-versions';
import { mount } from '../../mount';
import { FixesDialog } from './parts/fixes-dialog';
import type { Edits } from './use-edits';

const EDITS: Edits = {
  dataset: fakeDataset(1),
  versions: { kind: 'ready', value: [] },
  asked: 'fixes',
  ask: vi.fn(),
  askFitting: vi.fn(),
  askRepeated: vi.fn(),
  askFile: vi.fn(),
  askOverLimit: vi.fn(),
  made: null,
  forget: vi.fn(),
  apply: vi.fn(),
  use: vi.fn(),
  action: { busy: null, failure: null, run: vi.fn(), clear: vi.fn() },
};

const open = async (changesOf: (fix: SafeFix) => number) => {
  const page = await mount(<FixesDialog edits={EDITS} />, {
    datasets: { count_fixes: ({ fixes }) => fixes.map(changesOf) },
  });
  const asked = () =>
    page.fake.calls.flatMap(({ name, input }) => (name === 'datasets.count_fixes' ? [input] : []));
  return { page, asked };
};

const box = (label: string) => {
  const found = [...document.querySelectorAll('label')].find(({ textContent }) =>
    textContent.includes(label),
  );
  const input = found?.querySelector('input');
  if (!input) throw new Error(`no box ${label}`);
  return input;
};

test('one question is asked for all fixes, and those that change nothing cannot be chosen', async () => {
  const { page, asked } = await open((fix) => (fix === 'trim' ? 3 : 0));
  await page.until(() => expect(page.text()).toContain('changes 3 records'));
  expect(page.text().split('changes nothing')).toHaveLength(5);
  expect([box('Trim').disabled, box('Merge').disabled, box('Truncate').disabled]).toEqual([
    false,
    true,
    true,
  ]);
  expect(asked()).toHaveLength(1);
  await page.unmount();
});

test('another number of turns is counted alone, and the other fixes stay counted', async () => {
  const { page, asked } = await open((fix) => (typeof fix === 'object' ? fix.truncate_history : 1));
  await page.until(() => expect(page.text()).toContain('changes 6 records'));
  await page.type(page.field('Turns to keep'), '4');
  expect(page.text().split('counting…').length).toBeLessThanOrEqual(2);
  await page.until(() => expect(page.text()).toContain('changes 4 records'));
  expect(asked().slice(1)).toEqual([{ id: EDITS.dataset.id, fixes: [{ truncate_history: 4 }] }]);
  await page.unmount();
});
