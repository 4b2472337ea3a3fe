import { expect, test } from 'vitest';
import type { TrainingJob } from '../../lib/types/lora-training';
import { exampleJob } from './testing';
import {
  endWords,
  freeIn,
  nextSamplesWords,
  noTimeLeftWords,
  rowWords,
  startsWords,
  statusWords,
  timeLeft,
  timeLeftWords,
} from './time-left';

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
  expect(timeLeft(run, AT)).toMatchObject({ ms: 80_000, silentMs: null });
  expect(timeLeft(run, AT + 1500)).toMatchObject({ ms: 78_500, silentMs: null });
  expect(timeLeft(run, AT + 30_000)).toMatchObject({ ms: 78_000, silentMs: null });
});

test('a run whose steps stopped coming says so, and keeps what was left', () => {
  expect(timeLeft(run, AT + 120_000)).toMatchObject({ ms: 78_000, silentMs: 120_000 });
  expect(timeLeftWords(run, AT + 120_000)).toBe('no step for 2 min');
  expect(timeLeftWords(run, AT + 223_000)).toBe('no step for 3 min');
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

test('no time left is told apart: not measured yet, all steps done, or ended early', () => {
  const done = { ...run, current_step: 100, estimated_completion_at: null };
  expect(noTimeLeftWords({ ...done, current_step: 0 })).toBe('measured once steps run');
  expect(noTimeLeftWords(done)).toBe('all steps are done');
  expect(noTimeLeftWords({ ...done, current_stage: 'finalization' })).toBe('all steps are done');
  const early = { ...run, current_stage: 'finalization' } as const;
  expect(timeLeft(early, AT)).toBeNull();
  expect(noTimeLeftWords(early)).toBe('training ended early');
});

test('where a run is and what is left never say the stage twice', () => {
  const preparing = { ...run, current_stage: 'preprocessing', current_step: 0, total_steps: null } as const;
  const ending = { ...run, current_stage: 'finalization', current_step: 100 } as const;
  const first = { ...run, current_step: 0, estimated_completion_at: null };
  expect([preparing, ending, first, run].map((job) => rowWords(job, AT))).toEqual([
    { place: 'preparing data', left: '—' },
    { place: 'step 100 of 100', left: 'finalising' },
    { place: 'step 0 of 100', left: 'training' },
    { place: 'step 60 of 100', left: '≈ 1 min 20 s left' },
  ]);
  expect([preparing, ending, first, run].map((job) => statusWords(job, AT))).toEqual([
    'preparing data',
    'finalising, step 100 of 100',
    'training, step 0 of 100',
    'training, step 60 of 100, ≈ 1 min 20 s left',
  ]);
});

const paced = (minutes: number, metrics: Partial<NonNullable<TrainingJob['current_metrics']>>) => {
  const pace_ms = (minutes * 60_000) / 40;
  return {
    ...run,
    current_metrics: { training_loss: 2, learning_rate: 1e-4, pace_ms, pace_steps: 50, ...metrics },
    estimated_completion_at: new Date(AT + minutes * 60_000).toISOString(),
  };
};

test('the band of what is left is as wide as the pace moves, and there is none of a few steps', () => {
  expect(timeLeft(paced(2, { pace_spread_ms: 750 }), AT)?.band).toEqual({
    low: 90_000,
    expected: 120_000,
    high: 150_000,
  });
  expect(timeLeft(paced(2, { pace_spread_ms: 750, pace_steps: 9 }), AT)?.band).toBeNull();
  expect(timeLeft(paced(2, {}), AT)?.band).toBeNull();
});

test('says what is left in the same words everywhere, and only limits where the steps are too uneven', () => {
  const words = (minutes: number, pace_spread_ms?: number) => {
    const job = paced(minutes, { pace_spread_ms });
    const left = timeLeft(job, AT);
    return left && [endWords(left, AT).left, timeLeftWords(job, AT), rowWords(job, AT).left];
  };
  expect(words(20, 3000)).toEqual(['≈ 20 min ± 2', '≈ 20 min ± 2 left', '≈ 20 min ± 2 left']);
  expect(words(7, 15_750)).toEqual(['under 20 min', 'under 20 min left', 'under 20 min left']);
  expect(words(2)).toEqual(['≈ 2 min', '≈ 2 min left', '≈ 2 min left']);
});

test('says when the run so ends', () => {
  const noon = new Date(2026, 2, 1, 12, 0).getTime();
  const end = (minutes: number, half: number) => {
    const [ms, by] = [minutes * 60_000, half * 60_000];
    return endWords({ ms, band: { low: ms - by, expected: ms, high: ms + by }, silentMs: null }, noon).end;
  };
  expect([end(20, 2), end(7, 10)]).toEqual(['ends ≈ 12:20', 'ends before 12:20']);
});

test('names the step of the next samples, which come with each planned checkpoint', () => {
  const planned = exampleJob({ ...run, plan: { eval_every: 20, save_every: 15 } });
  expect(nextSamplesWords(planned, AT)).toBe('Next samples at step 75, ≈ 30 s');
  expect(nextSamplesWords(exampleJob({ ...planned, current_step: 90 }), AT)).toBe(
    'Next samples at the last step, ≈ 20 s',
  );
  expect(nextSamplesWords(planned, AT + 120_000)).toBe('Next samples at step 75');
  expect(nextSamplesWords(run, AT)).toBeNull();
  expect(nextSamplesWords(exampleJob({ ...planned, status: 'paused' }), AT)).toBeNull();
});

test('room for the next job is when the running one ends, as far as that is known', () => {
  expect(freeIn(run, AT)).toBe(80_000);
  expect(freeIn(run, AT + 120_000)).toBeNull();
  expect(freeIn(undefined, AT)).toBeNull();
});

test('who waits begins at a time, as far as that is known', () => {
  const noon = new Date(2026, 2, 1, 12, 0).getTime();
  expect(startsWords(80_000, 0, noon)).toBe('starts ≈ 12:01');
  expect(startsWords(14 * 60 * 60_000, 1, noon)).toBe('starts ≈ Mon 02:00');
  expect(startsWords(null, 0, noon)).toBe('starts next');
  expect(startsWords(null, 1, noon)).toBe('waiting');
});
