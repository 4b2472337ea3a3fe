import type { Series } from '../../components/line-chart-options';
import { formatLoss } from '../../components/format';
import type { LrPoint } from '../../lib/types/lr-range';

/** The loss that the suggestion is made of, before what was measured at each step. */
export const rateCurves = (points: readonly LrPoint[]): Series[] => {
  const curve = (of: (point: LrPoint) => number) =>
    points.map((point) => ({ x: point.learning_rate, y: of(point) }));
  return [
    { name: 'training, this step', points: curve(({ loss }) => loss), number: 1, faint: true },
    { name: 'training, smoothed', points: curve(({ smoothed }) => smoothed), number: 1 },
  ];
};

/** What was measured at a rate. */
export const lossAt =
  (points: readonly LrPoint[]) =>
  (rate: number): string =>
    formatLoss(points.find(({ learning_rate }) => learning_rate === rate)?.loss ?? Number.NaN);
