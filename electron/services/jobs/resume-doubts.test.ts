import { expect, it } from 'vitest';
import type { Resumption } from '../trainer/one-shot';
import { doubtOf } from './resume-doubts';

const saved = (step: number, pruned = false) => ({
  step,
  path: `checkpoints/step-${String(step).padStart(6, '0')}`,
  pruned,
});
const CHECKPOINTS = [saved(20, true), saved(40), saved(60)];
const DAMAGED = 'Checkpoint step-000060 cannot be used: rng.safetensors is cut off.';

const doubt = (judged: Partial<Resumption>, checkpoints = CHECKPOINTS) =>
  doubtOf({ current_step: 75 }, checkpoints, { step: 60, skipped: [], changes: [], ...judged });

it('nothing is asked where the run goes on from its newest checkpoint, or from one not on record', () => {
  expect(doubt({})).toBeNull();
  expect(doubt({ step: 70 })).toBeNull();
  expect(doubt({ step: null }, [])).toBeNull();
  expect(doubt({ step: 40 }, [saved(40), saved(60, true)])).toBeNull();
});

it('an older checkpoint than the newest is told with the steps that it costs', () => {
  expect(doubt({ step: 40, skipped: [DAMAGED] })).toMatchObject({
    code: 'resume_repeats',
    message: `${DAMAGED} It would go on from the checkpoint of step 40: steps 41 to 75 are trained again.`,
  });
});

it('where none can be used, it says that the run would begin at step 0, and what is gone', () => {
  expect(doubt({ step: null, skipped: [DAMAGED] })).toMatchObject({
    code: 'resume_repeats',
    message: `${DAMAGED} Checkpoint step-000040 is gone. No checkpoint of it can be used: it would begin at step 0, and steps 1 to 75 are trained again.`,
  });
});

it('both what is repeated and what changed are told at once', () => {
  expect(doubt({ step: 40, skipped: [DAMAGED], changes: ['torch 2.9.0 → 2.10.0'] })).toMatchObject({
    code: 'resume_repeats',
    message: expect.stringContaining('not bit for bit as it began: torch 2.9.0 → 2.10.0.') as unknown,
  });
});

it.each([
  ['torch 2.9.0 → 2.10.0', false],
  ['transformers 4.57 → 5.0', false],
  ['arithmetic stock → fast', false],
  ['device cuda → cpu', true],
  ['device name A → B', true],
  ['precision bf16 → fp32', true],
  ['threads 1 → 2', true],
  ['processes 2 → 1 (with dropout its random numbers fall differently)', true],
])('what a person can put back is asked back, other software is not: %s', (change, canBePutBack) => {
  const found = doubt({ changes: [change] });
  expect(found?.code).toBe('resume_not_exact');
  expect(found?.hint.includes('Put that back')).toBe(canBePutBack);
});
