import { expect, test } from 'vitest';
import { exampleJob } from './testing';
import { timeLeft, timeLeftWords } from './time-left';

const AT = Date.parse('2026-03-01T10:00:00.000Z');

/** Step 60 of 100 came at 10:00:00; a step takes two seconds, the last one took one. */
const run = exampleJob({
  status: 'running',
  current_stage: 'training',
  current_step: 60,
  total_steps: 100,
  current_metrics: { training_loss: 2, learning_rate: 1e-4, step_ms: 1000, pace_ms: 2000 },
  estimated_completion_at: new Date(AT + 80_000).toISOString(),
});

test('is what the last steps say, and falls by no more than a step until the next comes', () => {
  expect(timeLeft(run, AT)).toEqual({ ms: 80_000, silentMs: null });
  expect(timeLeft(run, AT + 1500)).toEqual({ ms: 78_500, silentMs: null });
  expect(timeLeft(run, AT + 30_000)).toEqual({ ms: 78_000, silentMs: null });
});

test('a run whose steps stopped coming says so, and keeps what was left', () => {
  expect(timeLeft(run, AT + 120_000)).toEqual({ ms: 78_000, silentMs: 120_000 });
  expect(timeLeftWords(run, AT + 120_000)).toBe('no step for 2 min');
});

test('slow steps are no silence', () => {
  const slow = exampleJob({
    ...run,
    current_metrics: { training_loss: 2, learning_rate: 1e-4, pace_ms: 60_000 },
    estimated_completion_at: new Date(AT + 40 * 60_000).toISOString(),
  });
  expect(timeLeft(slow, AT + 150_000)?.silentMs).toBeNull();
  expect(timeLeft(slow, AT + 190_000)?.silentMs).toBe(190_000);
});

test('nothing is known before a step was measured; the stage stands for it', () => {
  const fresh = exampleJob({ status: 'initializing', current_stage: 'model_loading' });
  expect(timeLeft(fresh, AT)).toBeNull();
  expect(timeLeftWords(fresh, AT)).toBe('loading the model');
});
