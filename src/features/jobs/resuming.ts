import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { api } from '../../api';
import { toErrorPayload } from '../../lib/messages/app-error';
import type { TrainingJob } from '../../lib/types/lora-training';
import { jobs } from '../../stores';

/** What becomes of a run that goes on all the same, by what has to be known before. */
const OUTCOMES: Readonly<Record<string, string>> = {
  resume_not_exact:
    'What it has learned is kept. Its figures from here on are not exactly those that it would have had.',
  resume_repeats: 'Training those steps again takes its time once more.',
};

interface Question {
  readonly job: TrainingJob;
  /** What a person has to know before. */
  readonly message: string;
  readonly outcome: string;
}

interface Resuming {
  /** Ids of the runs that the trainer is asked about. */
  readonly asked: ReadonlySet<string>;
  /** A run that could go on, but not as anybody would expect: that is for a person to say. */
  readonly question: Question | null;
}

const resuming = createStore<Resuming>(() => ({ asked: new Set(), question: null }));

const mark = (id: string, isAsked: boolean): void => {
  const others = [...resuming.getState().asked].filter((each) => each !== id);
  resuming.setState({ asked: new Set(isAsked ? [...others, id] : others) });
};

/** The trainer is asked first, which takes seconds: until it has answered, another call for the same run does nothing. */
export const resumeJob = async (
  job: TrainingJob,
  { inexact = false }: { readonly inexact?: boolean } = {},
): Promise<void> => {
  const { id } = job;
  if (resuming.getState().asked.has(id)) return;
  mark(id, true);
  try {
    jobs.put(await api.jobs.resume(inexact ? { id, inexact } : { id }));
  } catch (thrown) {
    const { code, message, hint } = toErrorPayload(thrown);
    const outcome = code === 'resume_unchecked' ? hint : OUTCOMES[code];
    if (outcome === undefined) throw thrown;
    resuming.setState({ question: { job, message, outcome } });
  } finally {
    mark(id, false);
  }
};

export const useIsResuming = (id: string): boolean => useStore(resuming, ({ asked }) => asked.has(id));

export const useResumeQuestion = (): Question | null => useStore(resuming, ({ question }) => question);

export const closeResumeQuestion = (): void => resuming.setState({ question: null });
