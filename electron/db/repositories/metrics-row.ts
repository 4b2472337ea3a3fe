import { z } from 'zod';
import type { MetricsPoint } from '../../../src/lib/types/job-records';
import type { MetricsPointRow } from '../schema';

const figure = z.number().nullable().default(null);
const Extra = z.object({ gpu_memory_bytes: figure, gpu_temperature: figure, gpu_power_watts: figure });

/** A row of `metrics_points` as the window and the command line know it. */
export const toPoint = (row: MetricsPointRow): MetricsPoint => {
  const { id: _id, job_id: _job, extra, tokens, ...point } = row;
  return { ...point, tokens: tokens ?? 0, ...Extra.parse(extra ?? {}) };
};

/** The columns of a point; what E01 has no column for goes to `extra`. */
export const fromPoint = (jobId: string, point: MetricsPoint) => {
  const { gpu_memory_bytes, gpu_temperature, gpu_power_watts, ...columns } = point;
  return { ...columns, job_id: jobId, extra: { gpu_memory_bytes, gpu_temperature, gpu_power_watts } };
};
