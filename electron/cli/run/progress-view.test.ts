import { expect, it } from 'vitest';
import { formatDuration } from '../../../src/lib/messages/format';
import type { MetricsEvent } from '../../../src/lib/types/trainer-events';
import { Output } from '../output/output';
import { ProgressView } from './progress-view';

const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');
const SECOND = 1000;

const step = (number: number, at: number): MetricsEvent => ({
  ...{ event: 'metrics', schema: 1, attempt: 1, seq: number, time: new Date(BEGIN + at).toISOString() },
  ...{ step: number, epoch: 0, tokens: 100, training_loss: 1, non_finite: null },
  ...{ learning_rate: 1e-3, gradient_norm: 1, throughput: 100, step_ms: SECOND },
});

it('counts what is left as the window does: with the evaluations and checkpoints between steps', () => {
  const texts: string[] = [];
  const stream = { isTTY: true, columns: 200, write: (text: string) => texts.push(text) };
  const view = new ProgressView(
    new Output({ stdout: stream, stderr: stream, env: { NO_COLOR: '1' } }, false),
    100,
  );
  view.accept(step(1, 0));
  expect(texts.join('')).toContain(`${formatDuration(99 * SECOND)} left`);
  view.accept(step(2, SECOND));
  // An evaluation of eleven seconds lies before it: twelve in two steps.
  view.accept(step(3, 13 * SECOND));
  expect(texts.at(-1)).toContain(`${formatDuration((97 * 13 * SECOND) / 2)} left`);
});
