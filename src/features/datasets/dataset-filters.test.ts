import { expect, it } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import { NO_FILTERS, filtered, isFiltered, tagsOf } from './dataset-filters';

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
