import { questionOf } from '../../lib/training/question';
import type { JobSample } from '../../lib/types/job-records';

interface AnswerPair {
  readonly prompt: string;
  readonly base: string;
  readonly adapter: string;
  /** Of the adapter's answer. */
  readonly step: number;
}

/**
 * The first question that the run put to the untouched model and again at, or last before, the step
 * that became the adapter; null where there is none.
 */
export const answerPair = (samples: readonly JobSample[], sourceStep: number): AnswerPair | null => {
  for (const base of samples.filter(({ step }) => step === 0)) {
    const adapter = samples
      .filter((one) => questionOf(one) === questionOf(base) && one.step > 0 && one.step <= sourceStep)
      .reduce<JobSample | null>((last, one) => (last === null || one.step > last.step ? one : last), null);
    if (adapter) return { prompt: base.prompt, base: base.text, adapter: adapter.text, step: adapter.step };
  }
  return null;
};
