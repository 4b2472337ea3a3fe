import { afterEach, beforeEach, expect, it } from 'vitest';
import { changedTurns } from '../../../src/lib/turn-changes';
import type { DatasetService } from './dataset-service';
import { benchWith, edit } from './edit-testing';
import { linesAsRead } from './import/as-read';
import { chat } from './import/testing';
import type { ServiceBench } from './service-bench';

const turns = (...all: [string, string][]) => ({
  messages: all.map(([role, content]) => ({ role, content })),
});
const refused = (name: string) =>
  turns(['human', `${name}?`], ['gpt', 'yes'], ['human', 'more?'], ['gpt', ' '], ['human', 'why?']);

let bench: ServiceBench;
let service: DatasetService;
let id = '';

beforeEach(async () => {
  ({ bench, service, id } = await benchWith(
    JSON.stringify([chat('q', ' a '), { id: 'own', ...refused('own') }, refused('nameless')]),
  ));
});
afterEach(() => bench.remove());

const fix = edit({ fixes: ['cut_before_empty_answer', 'trim'] });
const AS_READ = [
  { name: 'user', content: 'own?' },
  { name: 'assistant', content: 'yes' },
  { name: 'user', content: 'more?' },
  { name: 'assistant', content: ' ' },
  { name: 'user', content: 'why?' },
];

it('a record that a fix saves is shown beside what it was, and what it loses with it', async () => {
  const { records } = await service.versions.preview(id, fix);
  expect(records.map(({ record_id, change }) => [record_id, change])).toEqual([
    ['record-1', 'changed'],
    ['own', 'added'],
    ['record-3', 'added'],
  ]);
  expect(records.map(({ as_read }) => as_read?.[0]?.content)).toEqual([undefined, 'own?', 'nameless?']);
  expect(records[1]?.as_read).toEqual(AS_READ);
  const lost = records
    .slice(1, 2)
    .flatMap(changedTurns)
    .filter(({ after }) => after === null);
  expect(lost.map(({ before }) => before)).toEqual(['more?', ' ', 'why?']);
});

it('on every page of its changes, until the fix is made', async () => {
  const page = { offset: 1, limit: 1, change: null };
  for (const offset of [1, 2]) {
    const { records } = await service.versions.preview(id, fix, { ...page, offset });
    expect(records).toMatchObject([{ change: 'added', as_read: [{ name: 'user' }, {}, {}, {}, {}] }]);
  }
  await service.versions.edit(id, fix);
  const { records } = await service.versions.diff({ id, from: 1, to: 2 });
  expect(records.some((record) => 'as_read' in record)).toBe(false);
  expect((await bench.files()).filter((name) => name.includes('as-read'))).toEqual([]);
});

it('a record that was in use before has only what it was', async () => {
  await service.versions.edit(id, edit({ fixes: ['cut_before_empty_answer'] }));
  const { records } = await service.versions.preview(id, edit({ fixes: ['trim'] }));
  expect(records.map(({ record_id, as_read }) => [record_id, as_read])).toEqual([['record-1', undefined]]);
});

it('shows what prompts, answers and comparisons say', () => {
  const pair = { prompt: ' q ', chosen: [{ role: 'assistant', content: '' }], rejected: 'no' };
  expect(linesAsRead(pair)).toEqual([
    { name: 'user', content: ' q ' },
    { name: 'chosen', content: '' },
    { name: 'rejected', content: 'no' },
  ]);
});
