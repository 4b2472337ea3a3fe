import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeBaseModel, fakeDataset, fakeId, fakeSettings } from '../../fake-rows';
import type { CanonicalRecord, DatasetProblem } from '../../lib/types/dataset-records';
import type { RecordView } from '../../lib/types/record-view';
import { mount } from '../../mount';
import { ModelView } from './parts/model-view';

let page: Awaited<ReturnType<typeof mount>>;
// The document of a test has no layout to scroll.
beforeEach(() => void Reflect.set(Element.prototype, 'scrollIntoView', vi.fn()));
afterEach(() => page.unmount());

const TURNS = Array.from({ length: 12 }, (_, index) => ({
  role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
  words: `Words ${index + 1}.`,
}));

const record = (number: number): CanonicalRecord => ({
  id: `r${number}`,
  source_line: number + 1,
  messages: TURNS.map(({ role, words }) => ({ role, content: words, trained: role === 'assistant' })),
});

/** Turn n has n tokens, of which an answer trains all but the first; the last exchange is cut. */
const VIEW: RecordView = (() => {
  const turns = TURNS.map(({ role }, index) => {
    const start = (index * (index + 1)) / 2;
    const trained_tokens = role === 'assistant' ? index : 0;
    return { role, start, end: start + index + 1, trained_tokens, cut: index >= 10 };
  });
  const tokens = turns.flatMap(({ start, end, cut }, index) =>
    Array.from({ length: end - start }, (_, id) => ({
      id,
      text: id === 0 ? (TURNS[index]?.words ?? '') : '',
      trained: false,
      cut,
    })),
  );
  return {
    messages: TURNS.map(({ role, words }) => ({ role, content: words, trained: role === 'assistant' })),
    text: '',
    tokens,
    turns,
    total_tokens: 78,
    trained_tokens: 36,
    lost_tokens: 23,
    lost_trained_tokens: 11,
    dropped_turns: 2,
    template: { source: 'own', note: 'Its own.' },
    max_length: 512,
  };
})();

const PROBLEM: DatasetProblem = {
  line: 2,
  path: null,
  record_id: 'r1',
  type: 'unsupported_content',
  severity: 'warning',
  error: 'Message 6 contains “{{name}}”, which looks like part of a template and is trained as it stands.',
  suggestion: null,
};

const found = (...indexes: number[]) => ({
  ids: indexes.map((index) => `r${index}`),
  indexes,
  truncated: false,
});

const open = async (view: RecordView, words: string) => {
  page = await mount(<ModelView dataset={fakeDataset(1)} />, {
    base_models: { list: () => [fakeBaseModel(1)] },
    jobs: { settings: () => fakeSettings('balanced') },
    datasets: {
      records: ({ query }) => ({
        total: 2,
        records: [0, 1].map((index) => ({ index, record: record(index) })).filter(() => query !== 'none'),
      }),
      view: () => view,
      over_limit: () => found(0),
      record_ids: () => found(1),
      repeated_ids: () => found(),
      problems: () => ({ total: 1, problems: [PROBLEM] }),
    },
  });
  await page.until(() => expect(page.text()).toContain(words));
};

const openCut = () => open(VIEW, 'Cut at token 55, a turn border');

const asked = (name: string) => page.fake.calls.filter((call) => call.name === name);

test('the middle of a long record is one line with exact counts, which opens and stays open', async () => {
  await openCut();
  const line = () => page.button('Turns 3 to 10');
  // 3 + 4 + … + 10, of which 3 + 5 + 7 + 9.
  expect(line().textContent).toBe('Turns 3 to 1052 tokens, of which 24 trainedShow');
  expect(line().getAttribute('aria-expanded')).toBe('false');
  expect(page.text()).toContain('Words 11.');
  expect(page.text()).not.toContain('Words 10.');
  await page.click(line());
  expect(line().getAttribute('aria-expanded')).toBe('true');
  expect(line().textContent).toContain('Hide');
  const shown = document.getElementById(line().getAttribute('aria-controls') ?? '');
  expect(shown?.textContent).toContain('Words 3.');
  expect(shown?.textContent).not.toContain('Words 11.');

  await page.click(page.find('#record-1'));
  await page.until(() => expect(page.text()).toContain('Line 2'));
  await page.until(() => expect(page.button('Turns 3 to 5').getAttribute('aria-expanded')).toBe('false'));
  await page.click(page.find('#record-0'));
  await page.until(() => expect(line().getAttribute('aria-expanded')).toBe('true'));
});

test('the turn that a problem names is not folded away', async () => {
  await openCut();
  expect(asked('datasets.problems')).toEqual([]);
  await page.click(page.find('#record-1'));
  await page.until(() => expect(page.button('Turns 3 to 5')).toBeDefined());
  expect(page.text()).toContain('Words 6.');
  expect(asked('datasets.problems').at(0)?.input).toMatchObject({ id: fakeId(1), record_id: 'r1' });
});

test('nor is what the search of the list finds', async () => {
  await openCut();
  await page.type(page.field('Line or words'), 'WORDS 8');
  await page.until(() => expect(page.button('Turns 3 to 7')).toBeDefined());
  expect(page.text()).toContain('Words 8.');
});

test('a record of which nothing fits is refused, and not cut at its beginning', async () => {
  const tokens = VIEW.tokens.map((token) => ({ ...token, cut: true }));
  const turns = VIEW.turns.map((turn) => ({ ...turn, cut: true }));
  const lost = { lost_tokens: VIEW.total_tokens, lost_trained_tokens: VIEW.trained_tokens };
  await open({ ...VIEW, tokens, turns, ...lost }, 'Refused: even its shortest form does not fit into 512');
  expect(page.text()).toContain('a run of that length stops at this record');
  expect(page.text()).not.toContain('Cut at token');
});
