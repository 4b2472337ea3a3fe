import { and, desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { MeasuredRun } from '../../../src/lib/training/memory-correction';
import { BaseModel } from '../../../src/lib/types/base-model';
import { TrainingSummary } from '../../../src/lib/types/model-artifact';
import { BasePlace } from '../../../src/lib/types/run-folder';
import { AdapterPath } from '../../../src/lib/types/trainer-events';
import { TrainingSettings } from '../../../src/lib/types/training-settings';
import { base_models, model_artifacts, training_jobs } from '../schema';
import type { Bound } from './session';

const NEWEST = 5;

/** Runs of older versions do not say all of it. */
const Laid = z.object({
  micro_batch: z.number(),
  recompute_mlps: z.number(),
  recompute_layers: z.number(),
  base: BasePlace.optional(),
  longest_row: z.number(),
  total_tokens: z.number().min(1),
  trained_tokens: z.number(),
});
const Details = BaseModel.pick({ config: true });
const Peak = TrainingSummary.pick({ peak_memory_bytes: true });

interface Alike {
  readonly architecture: string;
  readonly gpuType: string;
  readonly path: AdapterPath;
}

const newestOf =
  ({ db, userId }: Bound) =>
  ({ architecture, gpuType, path }: Alike): MeasuredRun[] =>
    db
      .select({
        settings: training_jobs.hyperparameters,
        plan: training_jobs.plan,
        summary: model_artifacts.training_summary,
        parameters: base_models.parameters,
        size_bytes: base_models.size_bytes,
        architecture: base_models.architecture,
        details: base_models.details,
      })
      .from(training_jobs)
      .innerJoin(model_artifacts, eq(model_artifacts.job_id, training_jobs.id))
      .innerJoin(base_models, eq(base_models.id, training_jobs.base_model_id))
      .where(
        and(
          eq(training_jobs.user_id, userId),
          eq(training_jobs.status, 'completed'),
          eq(base_models.architecture, architecture),
          sql`${training_jobs.gpu_config} ->> 'gpu_type' = ${gpuType}`,
          // Before plans told of it, PEFT's path was the only one.
          sql`coalesce(${training_jobs.plan} ->> 'path', 'stock') = ${path}`,
        ),
      )
      .orderBy(desc(training_jobs.completed_at))
      .limit(NEWEST)
      .all()
      .flatMap(({ settings, plan, summary, details, ...model }) => {
        const laid = Laid.safeParse(plan);
        const { peak_memory_bytes } = Peak.loose().parse(summary);
        if (!laid.success || peak_memory_bytes === 0) return [];
        const { longest_row, total_tokens, trained_tokens, ...rows } = laid.data;
        return [
          {
            model: { ...model, ...Details.loose().parse(details) },
            settings: TrainingSettings.parse(settings),
            plan: rows,
            path,
            longest_row,
            trained_share: trained_tokens / total_tokens,
            peak_memory_bytes,
          },
        ];
      });

export const measuredMemory = (bound: Bound) => ({
  /** The newest finished runs with such base models on such a device, by how adapters computed, and what each held at most. */
  measuredMemory: (architecture: string, gpuType: string): MeasuredRun[] =>
    AdapterPath.options.flatMap((path) => newestOf(bound)({ architecture, gpuType, path })),
});
