import type { ErrorPayload } from '../types/system';

/** A failure whose meaning is known: a code for programs, what happened, and what to do. */
export class AppError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor({ code, message, hint }: ErrorPayload) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.hint = hint;
  }

  toPayload(): ErrorPayload {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** Any thrown value as a payload; an unknown one keeps its own words. */
export const toErrorPayload = (thrown: unknown): ErrorPayload => {
  if (thrown instanceof AppError) return thrown.toPayload();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'unexpected',
    message,
    hint: 'Try again; if it happens again, the log in Settings says more.',
  };
};
