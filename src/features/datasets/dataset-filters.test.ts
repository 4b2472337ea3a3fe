import { expect, it } from 'vitest';
import { sortRows } from '../../components/data-table';
import { fakeDataset } from '../../fake-rows';
import { NO_FILTERS, filtered, isFiltered, noMatchWords, tagsOf } from './dataset-filters';

const report = fakeDataset(1).report;
const ALL = [
  fakeDataset(1, { name: 'Alpha', tags: ['bank', 'old'] }),
  fakeDataset(2, { name: 'Beta', kind: 'kto', report: report && { ...report, problems_total: 3 } }),
  fakeDataset(3, { name: 'Gamma', status: 'error', description: 'From the bank' }),
  fakeDataset(4, { name: 'Delta', status: 'validating' }),
];
const names = (changes: Partial<typeof NO_FILTERS>) =>
  filtered(ALL, { ...NO_FILTERS, ...changes }).map(({ name }) => name);

it('narrows by state, kind, tag and words, each and together', () => {
  expect(names({})).toHaveLength(4);
  expect(names({ state: 'ready' })).toEqual(['Alpha']);
  expect(names({ state: 'problems' })).toEqual(['Beta']);
  expect(names({ state: 'error' })).toEqual(['Gamma']);
  expect(names({ state: 'importing' })).toEqual(['Delta']);
  expect(names({ kind: 'kto' })).toEqual(['Beta']);
  expect(names({ tag: 'bank' })).toEqual(['Alpha']);
  expect(names({ query: ' BANK ' })).toEqual(['Alpha', 'Gamma']);
  expect(names({ query: 'bank', state: 'error' })).toEqual(['Gamma']);
});

it('knows the tags in use, and whether it narrows at all', () => {
  expect(tagsOf(ALL)).toEqual(['bank', 'old']);
  expect([isFiltered(NO_FILTERS), isFiltered({ ...NO_FILTERS, kind: 'kto' })]).toEqual([false, true]);
});

it('narrows and sorts a thousand before anyone sees it', () => {
  const many = Array.from({ length: 1000 }, (_, nth) =>
    fakeDataset(nth, { name: `Advice number ${String(nth)}`, description: 'Of the bank. '.repeat(20) }),
  );
  const columns = [
    { key: 'name', head: 'Name', cell: () => null, order: (row: { name: string }) => row.name },
  ];
  const startedAt = performance.now();
  const found = sortRows(filtered(many, { ...NO_FILTERS, query: 'number 9' }), columns, {
    key: 'name',
    down: true,
  });
  const milliseconds = performance.now() - startedAt;
  console.info(`of 1,000 datasets ${String(found.length)} found in ${milliseconds.toFixed(1)} ms`);
  expect(found).toHaveLength(111);
  expect(milliseconds).toBeLessThan(100);
});

it('where nothing fits, it is said what was looked for, and where', () => {
  expect(noMatchWords({ ...NO_FILTERS, state: 'ready' })).toBe('No dataset is like that.');
  expect(noMatchWords({ ...NO_FILTERS, query: ' q ' })).toBe(
    'No dataset has “q” in its name, file name, description or tags.',
  );
  expect(noMatchWords({ ...NO_FILTERS, query: 'q', tag: 'old' })).toContain('No such dataset has “q”');
});
