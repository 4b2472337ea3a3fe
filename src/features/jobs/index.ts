export { startTryIt } from './job-actions';
export { doingsOf, moveDoings } from './job-doings';
export type { Doing } from './job-doings';
export { JobPage } from './job-page';
export {
  groupJobs,
  groupWords,
  isRunning,
  STATUS_WORDS,
  verdictOf,
  verdictWith,
  workedMs,
} from './job-words';
export { JobsPage } from './jobs-page';
export { keptModelOf } from './kept-model';
export { ResumeAnyway } from './parts/resume-anyway';
export { ResumesFrom } from './parts/resumes-from';
export { announcement, progressWords } from './run-news';
export { shortTimeLeftWords, standingWords, statusWords, timeLeftWords } from './time-left';
export { useQueuePlan } from './use-expected';
export { useIsSaving, useSaving } from './use-saving';
