import { expect, test } from 'vitest';
import { Estimate } from '../../../src/lib/types/estimate';
import { roomForNext } from './room';

test('what a run of ours leaves is told in whole bytes, as estimates give it', () => {
  const hardware = { gpus: [], memory_total_bytes: 25_196_589_057, memory_free_bytes: 1_000 };
  const { free } = roomForNext(hardware, true);
  expect(Estimate.shape.memory_free_bytes.parse(free)).toBe(21_417_100_698);
  expect(roomForNext(hardware, false)).toEqual({ total: 25_196_589_057, free: 1_000 });
});
