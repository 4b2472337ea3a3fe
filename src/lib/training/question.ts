import type { JobSample } from '../types/job-records';

/** Names a question the same at every step: all that are typed during a run share one `prompt_id`. */
export const questionOf = ({ prompt_id, prompt }: Pick<JobSample, 'prompt_id' | 'prompt'>): string =>
  JSON.stringify([prompt_id, prompt]);
