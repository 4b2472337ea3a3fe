import { AppError } from '../../../src/lib/messages/app-error';

export const FORCE_FLAG = ['--force', 'start it although memory or disk seem not to suffice'] as const;
export const INEXACT_FLAG = [
  '--inexact',
  'go on although software or hardware changed, steps are trained again, or that could not be checked',
] as const;

const WAYS: Readonly<Record<string, string>> = {
  does_not_fit: 'start it anyway with --force',
  resume_not_exact: 'go on anyway with --inexact',
  resume_repeats: 'go on anyway with --inexact',
  resume_unchecked: 'go on anyway with --inexact',
};

/** What is refused only until somebody insists can be done all the same, which the refusal then says. */
export const orInsist = async <Made>(made: Promise<Made>): Promise<Made> => {
  try {
    return await made;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, hint } = error;
    const way = WAYS[code];
    throw way === undefined ? error : new AppError({ code, message, hint: `${hint} Or ${way}.` });
  }
};
