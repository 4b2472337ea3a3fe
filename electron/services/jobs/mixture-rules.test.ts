import { describe, expect, it } from 'vitest';
import { fakeDataset } from '../../../src/fake-rows';
import { refuseUnfit } from './mixture-rules';

const part = (number: number, changes: Parameters<typeof fakeDataset>[1] = {}, weight = 1) => ({
  dataset: fakeDataset(number, changes),
  weight,
});

describe('what can be trained together', () => {
  it('is different datasets of one kind', () => {
    expect(() => refuseUnfit([part(1), part(2)], 'sft')).not.toThrow();
  });

  it.each([
    ['one twice', [part(1), part(1)], 'named twice'],
    ['one of another kind', [part(1), part(2, { kind: 'text', name: 'prose' })], '“prose” is text data'],
    ['one in the bin', [part(1), part(2, { name: 'old', deleted_at: '2026-01-01T00:00:00.000Z' })], 'bin'],
    ['more than can be laid out', [part(1, {}, 100_000), part(2)], 'can be mixed'],
  ])('not %s', (_name, parts, reason) => {
    expect(() => refuseUnfit(parts, 'sft')).toThrow(reason);
  });
});
