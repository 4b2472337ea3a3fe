import { expect, it } from 'vitest';
import { fakeJob } from '../../fake-rows';
import { whatNowWords } from './resume-words';

it('a run that was cancelled is not told to be resumed', () => {
  const hint = 'Retry it as a new run to train it after all.';
  const job = fakeJob(1, { status: 'cancelled', error_hint: hint });
  expect(whatNowWords(job, null)).toBe(hint);
});
