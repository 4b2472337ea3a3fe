import { toCsv } from '../../lib/csv';
import { MetricsPoint } from '../../lib/types/job-records';
import { heldOutOf } from './job-run';
import type { JobRun } from './job-run';

/** Every step of a run as a table, with what was measured on held-out records; step 0 is the untouched model. */
export const runCsv = (run: JobRun): string => {
  const { base, all } = heldOutOf(run);
  const heldOut = new Map(all.map(({ step, loss }) => [step, loss]));
  return toCsv(MetricsPoint.keyof().options, [
    ...(base ? [{ step: 0, validation_loss: base.loss }] : []),
    ...run.points.map((point) => ({
      ...point,
      validation_loss: point.validation_loss ?? heldOut.get(point.step) ?? null,
    })),
  ]);
};
