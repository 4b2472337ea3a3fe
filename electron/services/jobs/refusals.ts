import { AppError } from '../../../src/lib/messages/app-error';

export const refused = (code: string, message: string, hint: string): AppError =>
  new AppError({ code, message, hint });

/** Of what trains a few steps in passing. */
export const besideRun = (): AppError =>
  refused(
    'trial_beside_run',
    'A run is at work, and both would share its memory and its time.',
    'Wait until it has ended, or pause it.',
  );

/** Of the same, where a run has come meanwhile. */
export const givenWay = (): AppError =>
  refused(
    'trial_beside_run',
    'A run has come into the queue, and both would share its memory and its time.',
    'Nothing was kept; start it again when the run has ended.',
  );

export const stillEnding = (): AppError =>
  refused(
    'job_state',
    'The training of this run is over, and its adapter is being checked.',
    'It ends in a moment; look at it again then.',
  );

export const beingCancelled = (): AppError =>
  refused('job_state', 'This run is being cancelled.', 'It ends in a moment; look at it again then.');

export const notYetWritten = (): AppError =>
  refused(
    'job_state',
    'The run has ended, but its end could not be written.',
    'Free some space on the disk: it is tried again all the time. If that does not help, start Pipeline again.',
  );

export const stillSaving = (): AppError =>
  refused(
    'job_saving',
    'The run lost its app and still saves its state.',
    'Wait until it has, which takes a minute at most.',
  );
