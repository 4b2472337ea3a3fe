import { expect, test } from 'vitest';
import { Estimate } from '../../../src/lib/types/estimate';
import type { GpuState } from '../../../src/lib/types/system';
import { roomForNext } from './room';

test('what a run of ours leaves is told in whole bytes, as estimates give it', () => {
  const hardware = { gpus: [], memory_total_bytes: 25_196_589_057, memory_free_bytes: 1_000 };
  const { free } = roomForNext(hardware, true);
  expect(Estimate.shape.memory_free_bytes.parse(free)).toBe(21_417_100_698);
  expect(roomForNext(hardware, false)).toEqual({
    total: 25_196_589_057,
    free: 1_000,
    beside: 1_000,
  });
});

test('each of several processes has its share of the machine, or the card with least room', () => {
  const gpus = [1e9, 3e9, 7e9].map((memory_used_bytes): GpuState => {
    const nothing = { utilization: null, temperature: null, power_watts: null };
    return {
      ...nothing,
      uuid: 'a',
      name: 'A Card',
      driver: '580',
      memory_total_bytes: 8e9,
      memory_used_bytes,
    };
  });
  const memory = { memory_total_bytes: 32e9, memory_free_bytes: 9e9 };
  const cards = { ...memory, gpus };
  expect(roomForNext(cards, false, 2)).toEqual({ total: 8e9, free: 5e9, beside: 9e9 });
  expect(roomForNext({ ...memory, gpus: [] }, false, 2)).toMatchObject({ total: 16e9, free: 4.5e9 });
});

test('beside a card it tells of the computer’s memory too', () => {
  const card = { name: 'A Card', memory_total_bytes: 8e9, memory_used_bytes: 1e9 };
  const hardware = { gpus: [card as GpuState], memory_total_bytes: 32e9, memory_free_bytes: 9e9 };
  expect(roomForNext(hardware, false)).toEqual({ total: 8e9, free: 7e9, beside: 9e9 });
  expect(roomForNext(hardware, true)).toEqual({ total: 8e9, free: 7e9, beside: 27.2e9 });
});
