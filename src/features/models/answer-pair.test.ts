import { expect, test } from 'vitest';
import type { JobSample } from '../../lib/types/job-records';
import { answerPair } from './answer-pair';

const sample = (step: number, prompt_id: string): JobSample => ({
  attempt: 1,
  step,
  prompt_id,
  prompt: `Question ${prompt_id}?`,
  seed: 42,
  text: `${prompt_id} at ${step}`,
});

test('is one question, answered by the untouched model and by the step that became the adapter', () => {
  const samples = ['a', 'b'].flatMap((id) => [0, 50, 100].map((step) => sample(step, id)));
  expect(answerPair(samples, 50)).toEqual({
    prompt: 'Question a?',
    base: 'a at 0',
    adapter: 'a at 50',
    step: 50,
  });
});

test('takes the last answer before that step, and a question that was answered twice', () => {
  const samples = [sample(0, 'a'), sample(0, 'b'), sample(50, 'b'), sample(100, 'b')];
  expect(answerPair(samples, 80)).toMatchObject({ prompt: 'Question b?', adapter: 'b at 50', step: 50 });
});

test('is none where nothing was asked before or after', () => {
  expect(answerPair([], 50)).toBeNull();
  expect(answerPair([sample(0, 'a')], 50)).toBeNull();
  expect(answerPair([sample(50, 'a')], 50)).toBeNull();
});

test('does not take two questions that were typed during the run for one', () => {
  const typed = (step: number, prompt: string) => ({ ...sample(step, 'asked'), prompt });
  expect(answerPair([typed(0, 'Who keeps the light?'), typed(50, 'And at night?')], 50)).toBeNull();
});
