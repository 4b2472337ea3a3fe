import { AppError } from '../../../src/lib/messages/app-error';

export const FORCE_FLAG = ['--force', 'start it although memory or disk seem not to suffice'] as const;

/** A run that is refused because it has no room can be started all the same, which the refusal then says. */
export const orWithForce = async <Made>(made: Promise<Made>): Promise<Made> => {
  try {
    return await made;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'does_not_fit') throw error;
    const { code, message, hint } = error;
    throw new AppError({ code, message, hint: `${hint} Or start it anyway with --force.` });
  }
};
