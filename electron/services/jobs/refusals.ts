import { AppError } from '../../../src/lib/messages/app-error';

export const refused = (code: string, message: string, hint: string): AppError =>
  new AppError({ code, message, hint });

export const stillSaving = (): AppError =>
  refused(
    'job_saving',
    'The run lost its app and still saves its state.',
    'Wait until it has, which takes a minute at most.',
  );
