import { describe, expect, it } from 'vitest';
import { devicesFrom, nextOf } from './scheduler';

const job = (id: string, position: number, num_gpus = 1) => ({
  id,
  position,
  status: 'queued' as const,
  queued_at: `2026-01-01T00:00:0${position}.000Z`,
  gpu_config: { gpu_type: 'a card', num_gpus, gpu_memory_gb: 24, cost_per_gpu_hour: 0 },
});

describe('who is next', () => {
  it('the first of the queue, on the first card', () => {
    const jobs = [job('c', 3), job('a', 1), { ...job('x', 0), status: 'running' as const }, job('b', 2)];
    expect(nextOf(jobs, ['gpu-0', 'gpu-1', 'cpu'])).toEqual({ job_id: 'a', device: 'gpu-0' });
    expect(nextOf([], ['cpu'])).toBeNull();
    expect(nextOf(jobs, [])).toBeNull();
  });

  it('the processor for those made for it, cards for the others', () => {
    expect(nextOf([job('processor', 1, 0), job('card', 2)], ['gpu-0', 'cpu'])).toEqual({
      job_id: 'processor',
      device: 'cpu',
    });
  });
});

it('each process has a card, the first that of its run, as far as there are any; a processor is for all', () => {
  const devices = ['gpu-0', 'gpu-1', 'gpu-2', 'cpu'];
  expect(devicesFrom('gpu-1', 2, devices)).toEqual(['gpu-1', 'gpu-0']);
  expect(devicesFrom('gpu-0', 1, devices)).toEqual(['gpu-0']);
  expect(devicesFrom('gpu-0', 8, devices)).toEqual(['gpu-0', 'gpu-1', 'gpu-2']);
  expect(devicesFrom('cpu', 2, devices)).toEqual(['cpu']);
});

it('a run made for a card that is not there goes to its trainer, which says so', () => {
  expect(nextOf([job('card', 1), job('processor', 2, 0)], ['cpu'])).toEqual({
    job_id: 'card',
    device: 'cpu',
  });
});
