export { startTryIt } from './job-actions';
export { doingsOf } from './job-doings';
export type { Doing } from './job-doings';
export { JobPage } from './job-page';
export { groupJobs, groupWords, isRunning, STATUS_WORDS, verdictOf, workedMs } from './job-words';
export { JobsPage } from './jobs-page';
export { announcement, progressWords } from './run-news';
export { statusWords, timeLeftWords } from './time-left';
export { useIsSaving } from './use-saving';
