import { expect, test } from 'vitest';
import type { JobEvent, MetricsPoint } from '../../lib/types/job-records';
import { phasesAlong, tryItPhases } from './try-it-phases';

const AT = Date.parse('2026-03-01T09:00:00.000Z');
const time = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();
const event = (name: string, seconds: number, payload = {}): JobEvent => ({
  seq: seconds + 1,
  attempt: 1,
  time: time(seconds),
  event: name,
  payload,
});
const point = (step: number, seconds: number): MetricsPoint => ({
  step,
  attempt: 1,
  timestamp: time(seconds),
  epoch: 0,
  tokens: 1,
  training_loss: 1,
  non_finite: null,
  validation_loss: null,
  learning_rate: 1e-4,
  gradient_norm: 1,
  throughput: 1,
  step_ms: 1000,
  gpu_utilization: null,
  gpu_memory_bytes: null,
  gpu_temperature: null,
  gpu_power_watts: null,
});

const EVENTS = [
  event('hello', 0),
  event('stage', 1, { name: 'preprocessing' }),
  event('stage', 6, { name: 'training' }),
  event('completed', 35),
];

test('tells how long each part of the last run took', () => {
  const points = [point(1, 11), point(2, 28)];
  expect(tryItPhases({ events: EVENTS, points })).toEqual({
    load: 6000,
    untouched: 4000,
    train: 18_000,
    again: 7000,
  });
});

test('tells nothing of a run that lacks one of them', () => {
  expect(tryItPhases({ events: EVENTS, points: [] })).toBeNull();
  expect(tryItPhases({ events: EVENTS.slice(0, 3), points: [point(1, 11)] })).toBeNull();
});

test('says where each part begins, and when all of it ends', () => {
  const { parts, end } = phasesAlong({ load: 6100, untouched: 4000, train: 17_900, again: 7000 });
  expect(parts.map(({ phase, at }) => [phase, at])).toEqual([
    ['load', '0 s'],
    ['untouched', '6'],
    ['train', '10'],
    ['again', '28'],
  ]);
  expect(end).toBe('≈ 35 s');
});
