import type { ErrorPayload } from '../../../src/lib/types/system';
import type { TrainerCommand, TrainerEvent } from '../../../src/lib/types/trainer-events';
import type { TerminalEvent } from '../metrics/event-ingest';
import type { TrainerExit } from '../trainer/trainer-process';

type EventOf<Name extends TrainerEvent['event']> = Extract<TrainerEvent, { event: Name }>;

export type Outcome =
  | { readonly kind: 'completed'; readonly event: EventOf<'completed'> }
  | { readonly kind: 'cancelled'; readonly event: EventOf<'cancelled'> | null }
  | { readonly kind: 'paused' }
  | { readonly kind: 'interrupted'; readonly error: ErrorPayload }
  | { readonly kind: 'failed'; readonly error: ErrorPayload; readonly stack: string | null };

export interface AttemptEnd {
  readonly terminal: TerminalEvent | null;
  /** `null` where nobody saw the process end: the app was not there. */
  readonly exit: TrainerExit | null;
  /** What a person had asked for. */
  readonly wish: TrainerCommand | null;
}

const EXIT_INTERRUPTED = 75;

const interrupted = (message: string, hint = 'Resume it: it goes on from its last checkpoint.'): Outcome => ({
  kind: 'interrupted',
  error: { code: 'interrupted', message, hint },
});

/** Of an attempt that had nothing new to save: its step is that of the checkpoint it came from, or 0. */
const unsaved = (step: number): Outcome =>
  interrupted(
    'The run was stopped before it had anything new to save.',
    step > 0 ? `Resume it: it goes on from step ${step}.` : 'Resume it: it begins at its first step.',
  );

const failed = (code: string, message: string, hint: string): Outcome => ({
  kind: 'failed',
  error: { code, message, hint },
  stack: null,
});

const WORDS = {
  paused: 'The run was stopped; its state was saved.',
  parent_gone: 'The app ended while the run was going; its state was saved.',
  signal: 'The trainer was told to stop by the system; its state was saved.',
} as const;

/** Ctrl-C in a terminal reaches the trainer too, as a signal that may come before the command to pause. */
const isPaused = ({ reason, saved }: EventOf<'interrupted'>, wish: AttemptEnd['wish']): boolean =>
  saved && (reason === 'paused' || (reason === 'signal' && wish?.command === 'pause'));

const ofEvent = (event: TerminalEvent, wish: AttemptEnd['wish']): Outcome => {
  switch (event.event) {
    case 'completed':
      return { kind: 'completed', event };
    case 'cancelled':
      return { kind: 'cancelled', event };
    case 'interrupted':
      if (isPaused(event, wish)) return { kind: 'paused' };
      return event.saved ? interrupted(WORDS[event.reason]) : unsaved(event.step);
    case 'failed': {
      const { code, message, hint, traceback } = event;
      return { kind: 'failed', error: { code, message, hint }, stack: traceback };
    }
  }
};

const ofExit = ({ code, signal }: TrainerExit): Outcome => {
  if (signal !== null) return interrupted(`The trainer was killed by ${signal}.`);
  if (code === 0)
    return failed(
      'protocol_incomplete',
      'The trainer ended without saying how the run ended.',
      'Retry the run.',
    );
  if (code === EXIT_INTERRUPTED) return interrupted('The trainer stopped before its first step.');
  if (code === null)
    return failed(
      'trainer_not_started',
      'The trainer could not be started.',
      'Look at the checks on the Start page, or run `pipeline doctor` on the command line.',
    );
  return failed(
    'trainer_crashed',
    `The trainer ended with status ${code} and no reason.`,
    'The log of the run says more.',
  );
};

/** How an attempt ended. A terminal event decides; without one, what the operating system saw. */
export const decideOutcome = ({ terminal, exit, wish }: AttemptEnd): Outcome => {
  if (terminal) return ofEvent(terminal, wish);
  if (wish?.command === 'stop') return { kind: 'cancelled', event: null };
  return exit ? ofExit(exit) : interrupted('The trainer and the app ended at the same time.');
};

/** The word for an attempt's end: its last event's name, else what it came to, `killed` where no status was left. */
export const endReasonOf = (end: AttemptEnd): string => {
  if (end.terminal) return end.terminal.event;
  return end.exit?.signal === null ? decideOutcome(end).kind : 'killed';
};
