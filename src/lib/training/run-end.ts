import type { JobEvent } from '../types/job-records';
import { CompletedEvent } from '../types/trainer-events';

const End = CompletedEvent.pick({ ended_by: true, last_step: true }).required();

const REASONS: Readonly<Record<string, string>> = {
  early_stopping: 'stopped early',
  time_budget: 'stopped by its time budget',
  energy_budget: 'stopped by its energy budget',
};

/** `stopped by its time budget at step 40`, of a run that ended before its last step; else null. */
export const earlyEndWords = (events: readonly Pick<JobEvent, 'event' | 'payload'>[]): string | null => {
  const completed = events.findLast(({ event }) => event === 'completed');
  const end = End.safeParse(completed?.payload).data;
  if (!end) return null;
  const reason = REASONS[end.ended_by];
  return reason === undefined ? null : `${reason} at step ${end.last_step.toLocaleString('en-US')}`;
};
