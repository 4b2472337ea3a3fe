import { expect, it } from 'vitest';
import { detectShape } from '../shapes/detect-shape';
import { takenRoles } from '../shapes/taken-roles';
import { useBench } from './bench-setup';
import { jsonl } from './testing';

const bench = useBench();

it.each([
  { prompt: 'p', completion: 'c', label: false },
  { instruction: 'p', input: 'i', output: 'c', kto_tag: true },
  { instruction: 'p', input: 'i', output: 'c', system: 's' },
  { instruction: 'p', context: 'i', response: 'c' },
  { title: 'p', text: 'i', answer: 'c' },
  { question: 'p', context: 'i', answer: 'c' },
  { prompt: 'p', context: 'i', completion: 'c' },
  { prompt: 'p', input: 'i', chosen: 'c', rejected: 'r' },
  { question: 'p', chosen: 'c', rejected: 'r', system: 's' },
  { input: 'p', chosen: 'c', rejected: 'r' },
  { text: 'only that' },
])('roles as they were taken read the same as none: %j', async (record) => {
  const shape = detectShape(record);
  const mapping = takenRoles(shape, Object.keys(record));
  const plain = await bench().import(jsonl(record, record));
  const mapped = await bench().import(jsonl(record, record), { mapping });
  expect(Object.values(mapping).toSorted()).toEqual(Object.keys(record).toSorted());
  expect(mapped.report.kind).toBe(plain.report.kind);
  expect(mapped.records).toEqual(plain.records);
});
