import { describe, expect, it } from 'vitest';
import { JobStatus } from '../types/lora-training';
import { isActive, isFinal, isResumable, JOB_EVENTS, nextStatus } from './job-states';

const ALLOWED = [
  'queued picked initializing',
  'queued cancelled cancelled',
  'initializing first_step running',
  'initializing paused paused',
  'initializing interrupted interrupted',
  'initializing failed failed',
  'initializing cancelled cancelled',
  'running completed completed',
  'running paused paused',
  'running interrupted interrupted',
  'running failed failed',
  'running cancelled cancelled',
  'paused cancelled cancelled',
  'paused resumed queued',
  'interrupted cancelled cancelled',
  'interrupted resumed queued',
  'failed resumed queued',
];

describe('the transition table', () => {
  it('allows exactly the rows of the data model', () => {
    const found = JobStatus.options.flatMap((from) =>
      JOB_EVENTS.flatMap((event) => {
        const to = nextStatus(from, event);
        return to === null ? [] : [`${from} ${event} ${to}`];
      }),
    );
    expect(found.sort()).toEqual([...ALLOWED].sort());
  });

  it('names active, final and resumable statuses', () => {
    expect(JobStatus.options.filter(isActive)).toEqual(['initializing', 'running']);
    expect(JobStatus.options.filter(isFinal).sort()).toEqual(['cancelled', 'completed']);
    expect(JobStatus.options.filter(isResumable).sort()).toEqual(['failed', 'interrupted', 'paused']);
  });
});
