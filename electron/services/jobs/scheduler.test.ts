import { describe, expect, it } from 'vitest';
import { assign, isFull } from './scheduler';

const job = (id: string, position: number, num_gpus = 1) => ({
  id,
  position,
  status: 'queued' as const,
  queued_at: `2026-01-01T00:00:0${position}.000Z`,
  gpu_config: { gpu_type: 'a card', num_gpus, gpu_memory_gb: 24, cost_per_gpu_hour: 0 },
});

describe('who is next', () => {
  it('one job a free device, in the order of the queue', () => {
    const jobs = [job('c', 3), job('a', 1), { ...job('x', 0), status: 'running' as const }, job('b', 2)];
    expect(assign(jobs, ['gpu-0', 'gpu-1', 'gpu-2'], new Set(['gpu-1']))).toEqual([
      { job_id: 'a', device: 'gpu-0' },
      { job_id: 'b', device: 'gpu-2' },
    ]);
    expect(assign(jobs, ['gpu-0'], new Set(['gpu-0']))).toEqual([]);
    expect(assign([], ['cpu'], new Set())).toEqual([]);
  });

  it('the processor for those made for it, cards for the others', () => {
    const jobs = [job('card', 1), job('second card', 2), job('processor', 3, 0)];
    expect(assign(jobs, ['gpu-0', 'cpu'], new Set())).toEqual([
      { job_id: 'card', device: 'gpu-0' },
      { job_id: 'processor', device: 'cpu' },
    ]);
  });
});

it('a run made for a card that is not there goes to its trainer, which says so', () => {
  expect(assign([job('card', 1), job('processor', 2, 0)], ['cpu'], new Set())).toEqual([
    { job_id: 'card', device: 'cpu' },
  ]);
  expect(assign([job('card', 1)], ['gpu-0', 'cpu'], new Set(['gpu-0']))).toEqual([]);
});

describe('whether anything could start', () => {
  it('not while every device that a queued job could have is busy', () => {
    expect(isFull([job('a', 1)], ['gpu-0', 'cpu'], new Set(['gpu-0']))).toBe(true);
    expect(isFull([job('a', 1), job('b', 2, 0)], ['gpu-0', 'cpu'], new Set(['gpu-0']))).toBe(false);
  });

  it('perhaps, where no device for it is known yet', () => {
    expect(isFull([job('a', 1)], ['cpu'], new Set())).toBe(false);
    expect(isFull([job('a', 1)], [], new Set())).toBe(false);
  });
});
