import { expect, test } from 'vitest';
import type { JobEvent, MetricsPoint } from '../../lib/types/job-records';
import { checkingSince, stageTimes } from './run-times';
import { examplePoint } from './testing';

const AT = Date.parse('2026-03-01T10:00:00.000Z');
const time = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

const point = (step: number, seconds: number, attempt = 1): MetricsPoint =>
  examplePoint(step, { attempt, timestamp: time(seconds) });

const event = (name: string, seconds: number, rest: Partial<JobEvent> = {}): JobEvent => ({
  seq: seconds,
  attempt: 1,
  time: time(seconds),
  event: name,
  payload: {},
  ...rest,
});

const stage = (name: string, seconds: number, attempt = 1): JobEvent =>
  event('stage', seconds, { attempt, payload: { name } });

test('adds up the stages of all attempts', () => {
  const events = [
    event('hello', 0),
    stage('preprocessing', 0),
    stage('model_loading', 20),
    stage('training', 30),
    event('interrupted', 130),
    event('hello', 1000, { attempt: 2 }),
    stage('preprocessing', 1000, 2),
    stage('model_loading', 1005, 2),
    stage('training', 1015, 2),
  ];
  expect(Object.fromEntries(stageTimes({ events, points: [] }, AT + 1_065_000))).toEqual({
    preprocessing: 25_000,
    model_loading: 20_000,
    training: 150_000,
  });
});

test('ends the stage of a killed attempt at its last step', () => {
  const events = [event('hello', 0), stage('training', 10), event('hello', 500, { attempt: 2 })];
  const points = [point(1, 20), point(2, 40)];
  expect(Object.fromEntries(stageTimes({ events, points }, null))).toEqual({ training: 30_000 });
});

test('the adapter is checked from the end of the trainer on, on a clock of its own', () => {
  const ended = [event('hello', 0), stage('finalization', 10), event('completed', 15)];
  expect(checkingSince(ended)).toBe(AT + 15_000);
  expect(Object.fromEntries(stageTimes({ events: ended, points: [] }, AT + 45_000))).toEqual({
    finalization: 5_000,
  });
  expect(checkingSince(ended.slice(0, 2))).toBeNull();
  expect(checkingSince([...ended, event('hello', 30, { attempt: 2 })])).toBeNull();
});
