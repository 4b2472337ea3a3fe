import { expect, it } from 'vitest';
import { type StopKind, StopSignals } from './stop-signals';

const start = () => {
  const heard: [string, StopKind][] = [];
  const exits: number[] = [];
  const clock = { ms: 0 };
  const signals = new StopSignals({ now: () => clock.ms, exit: (code) => void exits.push(code) });
  return { heard, exits, clock, signals };
};

it('is for whoever listened last', () => {
  const { heard, exits, signals } = start();
  signals.on((kind) => void heard.push(['outer', kind]));
  const dispose = signals.on((kind) => void heard.push(['disposed', kind]));
  signals.on((kind) => void heard.push(['inner', kind]));
  dispose();
  signals.raise('terminate');
  expect([heard, exits]).toEqual([[['inner', 'terminate']], []]);
});

it('ends the process at the second press, and at the first where nobody listens', () => {
  const { exits, clock, signals } = start();
  signals.on(() => undefined);
  signals.raise('interrupt');
  clock.ms = 2000;
  signals.raise('interrupt');
  expect(exits).toEqual([130]);
  const alone = start();
  alone.signals.raise('hang_up');
  expect(alone.exits).toEqual([129]);
});

it('takes a press that npm hands on beside the terminal for one', () => {
  const { exits, clock, signals } = start();
  signals.on(() => undefined);
  signals.raise('interrupt');
  clock.ms = 100;
  signals.raise('interrupt');
  expect(exits).toEqual([]);
});
