import type { JobStatus } from '../types/lora-training';

export const JOB_EVENTS = [
  'picked',
  'first_step',
  'completed',
  'paused',
  'interrupted',
  'failed',
  'cancelled',
  'resumed',
] as const;
export type JobTransitionEvent = (typeof JOB_EVENTS)[number];

type Row = Partial<Record<JobTransitionEvent, JobStatus>>;

/** The table "States" of the data model. */
const TRANSITIONS: Readonly<Record<JobStatus, Row>> = {
  queued: { picked: 'initializing', cancelled: 'cancelled' },
  initializing: {
    first_step: 'running',
    paused: 'paused',
    interrupted: 'interrupted',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  running: {
    completed: 'completed',
    paused: 'paused',
    interrupted: 'interrupted',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  paused: { cancelled: 'cancelled', resumed: 'queued' },
  interrupted: { cancelled: 'cancelled', resumed: 'queued' },
  failed: { resumed: 'queued' },
  completed: {},
  cancelled: {},
};

/** Where an event leads, or `null` where the table refuses it. */
export const nextStatus = (from: JobStatus, event: JobTransitionEvent): JobStatus | null =>
  TRANSITIONS[from][event] ?? null;

/** Statuses in which a trainer is, or may be, at work. */
export const isActive = (status: JobStatus): boolean => status === 'initializing' || status === 'running';

/** Statuses after which nothing changes any more. */
export const isFinal = (status: JobStatus): boolean => Object.keys(TRANSITIONS[status]).length === 0;

/** Statuses that hold no process and wait for a person. */
export const isResumable = (status: JobStatus): boolean => nextStatus(status, 'resumed') !== null;
