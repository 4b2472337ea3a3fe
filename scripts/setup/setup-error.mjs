/** A reason that stops the set-up, worded for the person who started it. */
export class SetupError extends Error {
  name = 'SetupError';
}
