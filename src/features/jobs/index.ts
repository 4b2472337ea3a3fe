export { startTryIt } from './job-actions';
export { JobPage } from './job-page';
export { groupJobs, isRunning, STAGE_WORDS, STATUS_WORDS, timeLeftWords, verdictOf } from './job-words';
export { JobsPage } from './jobs-page';
export { useIsSaving } from './use-saving';
