import { describe, expect, it } from 'vitest';
import type { TerminalEvent } from '../metrics/event-ingest';
import { decideOutcome, endReasonOf } from './outcome';

const envelope = { schema: 1, attempt: 1, seq: 9, time: '2026-01-01T00:00:00.000Z' } as const;
const interrupted = (reason: 'paused' | 'parent_gone' | 'signal', saved = true): TerminalEvent => ({
  ...envelope,
  event: 'interrupted',
  step: 3,
  reason,
  saved,
});

const PAUSE = { command: 'pause' } as const;
const CANCEL = { command: 'stop', save: false } as const;

describe('how an attempt ended', () => {
  it.each([
    [interrupted('paused'), 'paused'],
    [interrupted('parent_gone'), 'interrupted'],
    [interrupted('signal'), 'interrupted'],
    [{ ...envelope, event: 'cancelled', step: 1, saved: false, adapter_path: null } as const, 'cancelled'],
    [
      { ...envelope, event: 'failed', code: 'x', message: 'm', hint: 'h', traceback: null } as const,
      'failed',
    ],
  ])('its last word decides, whatever the exit: %#', (terminal, kind) => {
    expect(decideOutcome({ terminal, exit: { code: 0, signal: null }, wish: null }).kind).toBe(kind);
    expect(endReasonOf({ terminal, exit: null, wish: CANCEL })).toBe(terminal.event);
    expect(decideOutcome({ terminal, exit: null, wish: CANCEL }).kind).toBe(kind);
  });

  it('a pause that saved nothing is an interruption, which can begin again at step 0', () => {
    const unsaved = interrupted('paused', false);
    expect(decideOutcome({ terminal: unsaved, exit: null, wish: PAUSE }).kind).toBe('interrupted');
  });

  it.each([
    [0, 'Resume it: it begins at its first step.'],
    [3, 'Resume it: it goes on from step 3.'],
  ])('what was not saved is not called saved: step %i', (step, hint) => {
    const terminal = { ...interrupted('signal', false), step };
    expect(decideOutcome({ terminal, exit: null, wish: null })).toEqual({
      kind: 'interrupted',
      error: {
        code: 'interrupted',
        message: 'The run was stopped before it had anything new to save.',
        hint,
      },
    });
  });

  it('a signal that came with the command to pause is the pause', () => {
    const exit = { code: 75, signal: null };
    expect(decideOutcome({ terminal: interrupted('signal'), exit, wish: PAUSE }).kind).toBe('paused');
  });

  it.each([
    [{ code: 0, signal: null }, 'failed', ['protocol_incomplete', 'failed']],
    [{ code: 1, signal: null }, 'failed', ['trainer_crashed', 'failed']],
    [{ code: null, signal: null }, 'failed', ['trainer_not_started', 'failed']],
    [{ code: 75, signal: null }, 'interrupted', ['interrupted', 'interrupted']],
    [{ code: null, signal: 'SIGSEGV' }, 'interrupted', ['interrupted', 'killed']],
    [null, 'interrupted', ['interrupted', 'killed']],
  ] as const)('without one, what the system saw: %j', (exit, kind, [code, reason]) => {
    expect(endReasonOf({ terminal: null, exit, wish: null })).toBe(reason);
    expect(decideOutcome({ terminal: null, exit, wish: null })).toMatchObject({ kind, error: { code } });
    expect(decideOutcome({ terminal: null, exit, wish: CANCEL })).toEqual({
      kind: 'cancelled',
      event: null,
    });
  });
});
