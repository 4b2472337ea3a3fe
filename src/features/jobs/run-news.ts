import { formatCount } from '../../components/format';
import type { TrainingJob } from '../../lib/types/lora-training';
import { isRunning, STATUS_WORDS } from './job-words';
import { timeLeftWords } from './time-left';

type Jobs = ReadonlyMap<string, TrainingJob>;

/** What to say at once of jobs that began or ended; null where nothing did. */
export const announcement = (before: Jobs, now: Jobs): string | null => {
  const news = [...now.values()].flatMap((job) => {
    const was = before.get(job.id);
    if (!was || was.status === job.status || job.status === 'queued' || isRunning(job)) return [];
    const why = job.status === 'failed' && job.error_message !== null ? ` ${job.error_message}` : '';
    return [`“${job.name}”: ${STATUS_WORDS[job.status].word.toLowerCase()}.${why}`];
  });
  return news.length === 0 ? null : news.join(' ');
};

export const progressWords = (job: TrainingJob, now: number): string => {
  const at =
    job.total_steps === null || job.current_step === 0
      ? ''
      : ` step ${formatCount(job.current_step)} of ${formatCount(job.total_steps)},`;
  return `“${job.name}”:${at} ${timeLeftWords(job, now)}.`;
};
