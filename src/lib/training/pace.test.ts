import { expect, test } from 'vitest';
import { type Beat, paceOf } from './pace';

const AT = Date.parse('2026-03-01T10:00:00.000Z');

const beat = (seconds: number, attempt = 1): Beat => ({
  attempt,
  timestamp: new Date(AT + seconds * 1000).toISOString(),
});

const steps = (count: number, secondsEach: (step: number) => number): Beat[] => {
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    at += secondsEach(index + 1);
    return beat(at);
  });
};

test('measures the pace by the last fifty steps, evaluations included', () => {
  const slowAtFirst = steps(60, (step) => (step <= 9 ? 30 : 2));
  expect(paceOf(slowAtFirst)).toEqual({ mean: 2000, spread: 0, steps: 50 });
});

test('knows how far the pace moves', () => {
  const uneven = steps(41, (step) => (Math.floor((step - 2) / 5) % 2 === 0 ? 1 : 3));
  expect(paceOf(uneven)).toEqual({ mean: 2000, spread: 1000, steps: 40 });
});

test('knows no pace before the second step, and counts no pause as a step', () => {
  expect(paceOf([beat(0)])).toBeNull();
  expect(paceOf([beat(0), beat(3600, 2)])).toBeNull();
});
