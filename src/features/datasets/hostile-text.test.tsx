import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FakeHandlers } from '../../fake-api';
import { fakeDataset, fakeId } from '../../fake-rows';
import { mount } from '../../mount';
import type { CanonicalRecord, DatasetProblem } from '../../lib/types/dataset-records';
import { DatasetPage } from './dataset-page';

type Mounted = Awaited<ReturnType<typeof mount>>;

const HOSTILE = 'a\u001b[31m<img src=x>\u202ex\u009b';
const SHOWN = 'a␛[31m<img src=x>⟨U+202E⟩x⟨U+009B⟩';

let page: Mounted;
beforeEach(() => {
  // jsdom lays nothing out.
  Element.prototype.scrollIntoView = vi.fn();
});
afterEach(() => page.unmount());

const RECORD: CanonicalRecord = {
  id: HOSTILE,
  source_line: 1,
  scaffolding: { persona: HOSTILE },
  messages: [
    { role: 'user', content: HOSTILE, trained: false },
    { role: 'assistant', content: HOSTILE, trained: true },
  ],
};

const PROBLEM: DatasetProblem = {
  line: 1,
  path: `/${HOSTILE}`,
  record_id: HOSTILE,
  type: 'role_order',
  severity: 'warning',
  error: HOSTILE,
  suggestion: HOSTILE,
};

const handlers = (): FakeHandlers => {
  const dataset = fakeDataset(1, { name: HOSTILE });
  const report = dataset.report && {
    ...dataset.report,
    reason: HOSTILE,
    problems_total: 1,
    problems: [PROBLEM],
  };
  return {
    datasets: {
      list: () => [{ ...dataset, report }],
      records: () => ({ total: 1, records: [{ index: 0, record: RECORD }] }),
      problems: () => ({ total: 1, problems: [PROBLEM] }),
      raw_part: () => ({
        text: `{"${HOSTILE}": 1}`,
        spot: { start: 1, end: 8 },
        is_cut_before: false,
        is_cut_after: false,
      }),
    },
  };
};

const unseen = (text: string): string[] =>
  Array.from(text).filter((character) => /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u.test(character));

const shownAsText = async (words = SHOWN): Promise<void> => {
  await page.until(() => expect(page.text()).toContain(words));
  expect(unseen(document.body.outerHTML)).toEqual([]);
  expect(document.querySelector('img')).toBeNull();
};

test.each(['Overview', 'Records', 'Problems'])('I01 shows hostile words as words: %s', async (tab) => {
  page = await mount(<DatasetPage id={fakeId(1)} />, handlers());
  await page.until(() => page.button(tab));
  await page.click(page.button(tab));
  await shownAsText();
});

test('I01 shows a hostile line as it stands', async () => {
  page = await mount(<DatasetPage id={fakeId(1)} />, handlers());
  await page.until(() => page.button('Problems'));
  await page.click(page.button('Problems'));
  await page.until(() => page.button('Show line'));
  await page.click(page.button('Show line'));
  await shownAsText(`{"${SHOWN}": 1}`);
});
