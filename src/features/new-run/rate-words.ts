import { formatAmount, formatCount, formatLoss, formatRate } from '../../components/format';
import { LR_RANGE_STEPS } from '../../lib/types/lr-range';
import type { LrPoint } from '../../lib/types/lr-range';
import type { RateTest } from './use-rate-test';

const NO_SUGGESTION =
  'No suggestion: the loss never fell. The data may be too few for it, or the rows cut too short.';

const runningWords = (points: readonly LrPoint[]): string => {
  const last = points.at(-1);
  if (!last) return 'Loading the base model and the data…';
  return `Step ${formatCount(points.length)} of ${LR_RANGE_STEPS}: loss ${formatLoss(last.loss)} at ${formatRate(last.learning_rate)}`;
};

/** Where a rate test stands, in a sentence. */
export const rateTestWords = (test: RateTest): string => {
  switch (test.kind) {
    case 'idle':
      return `Trains ${LR_RANGE_STEPS} steps of this run while the learning rate rises from 1e-6 to 1e-2, and keeps nothing of them. It takes about as long as ${LR_RANGE_STEPS} steps of the run, loading besides.`;
    case 'running':
      return runningWords(test.points);
    case 'stopped':
      return `Stopped after ${formatAmount(test.points.length, 'step')}. Nothing was kept, and nothing is suggested.`;
    case 'failed':
      return test.points.length === 0 ? '' : `It came to step ${formatCount(test.points.length)}.`;
    case 'done': {
      const { suggestion, method, exploded } = test.range;
      const early = exploded ? ' The loss exploded after the last point, which ended the test.' : '';
      return suggestion === null
        ? `${NO_SUGGESTION}${early}`
        : `Suggested: ${formatRate(suggestion)}, ${method}.${early}`;
    }
  }
};

/** The curve in a sentence, for those who cannot see it. */
export const rateCurveWords = (points: readonly LrPoint[], suggestion: number | null): string => {
  const lowest = points.reduce<LrPoint | null>(
    (least, point) => (least === null || point.smoothed < least.smoothed ? point : least),
    null,
  );
  if (!lowest) return 'No point yet.';
  const advice = suggestion === null ? '' : ` A rate of ${formatRate(suggestion)} is suggested.`;
  return `The smoothed training loss is lowest, ${formatLoss(lowest.smoothed)}, at a rate of ${formatRate(lowest.learning_rate)}.${advice}`;
};
