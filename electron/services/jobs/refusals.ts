import { AppError } from '../../../src/lib/messages/app-error';

export const notFound = (what: string, id: string): AppError =>
  new AppError({
    code: 'not_found',
    message: `There is no ${what} “${id}”.`,
    hint: 'List them to see which there are.',
  });

export const refused = (code: string, message: string, hint: string): AppError =>
  new AppError({ code, message, hint });

export const stillSaving = (): AppError =>
  refused(
    'job_saving',
    'The run lost its app and still saves its state.',
    'Wait until it has, which takes a minute at most.',
  );
