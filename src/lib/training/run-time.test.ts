import { describe, expect, it } from 'vitest';
import { besidesMs, type PastWork, type PlannedWork, roundsOf } from './run-time';

describe('roundsOf', () => {
  it.each([
    ['a run of few steps, automatic', { eval_steps: null, save_steps: null }, 9, [10, 10]],
    ['a long one, automatic', { eval_steps: null, save_steps: null }, 1000, [11, 11]],
    ['explicit intervals', { eval_steps: 50, save_steps: 200 }, 400, [9, 3]],
    ['an interval that the last step does not meet', { eval_steps: 30, save_steps: 1000 }, 100, [5, 2]],
  ])('%s', (...[, settings, totalSteps, expected]) => {
    const { evaluations, samples } = roundsOf(settings, totalSteps);
    expect([evaluations, samples]).toEqual(expected);
  });
});

/** 10 s of loading; a held-out token takes 1 ms, an answer 2 s. */
const PAST: PastWork = {
  ...{ besides_ms: 10_000 + 2 * 1000 + 2 * 2000 },
  ...{ evaluations: 2, held_out_tokens: 1000, evaluation_ms: 1000 },
  ...{ answers: 2, first_answers: 1, first_answers_ms: 2000 },
};
const UNTIMED: PastWork = { ...PAST, evaluation_ms: null, first_answers_ms: null };
const SAME: PlannedWork = { evaluations: 2, held_out_tokens: 1000, answers: 2 };

describe('besidesMs', () => {
  it.each<[string, PlannedWork, readonly PastWork[], number]>([
    ['the same again takes the same', SAME, [PAST], 16_000],
    ['evaluations by their number', { ...SAME, evaluations: 10 }, [PAST], 24_000],
    ['evaluations by what is held out', { ...SAME, held_out_tokens: 5000 }, [PAST], 24_000],
    ['answers by their number', { ...SAME, answers: 30 }, [PAST], 72_000],
    ['nothing beside the loading', { ...SAME, evaluations: 0, answers: 0 }, [PAST], 10_000],
    ['the middle of several', SAME, [{ ...PAST, besides_ms: 90_000 }, PAST, PAST], 16_000],
    [
      'a machine where a token was never timed: half of a trained one',
      { ...SAME, evaluations: 4 },
      [UNTIMED],
      17_000,
    ],
    ['nothing measured but the speed', SAME, [], 1000],
    ['a rest that is less than nothing', SAME, [{ ...PAST, besides_ms: 0 }], 6000],
  ])('%s', (...[, planned, past, expected]) => {
    expect(besidesMs(planned, { past, tokens_per_second: 1000 })).toBe(expected);
  });
});
