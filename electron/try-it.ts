import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { NewJob } from '../src/lib/contract/contract';
import { AppError } from '../src/lib/messages/app-error';
import type { TrainingJob } from '../src/lib/types/lora-training';
import type { TryItPlan } from '../src/lib/types/try-it';
import type { BaseModelService } from './services/base-models/base-model-service';
import type { DatasetService } from './services/datasets/dataset-service';
import type { JobService } from './services/jobs/job-service';

const Prompts = z.object({ demo_question: z.string() });

/** The question whose answers before and after show what was taught. */
export const DEMO_PROMPT_ID = 'demo';

/** Of the products in its steps, which the probe times: on two cores without native bf16 they take half as long again. */
const PRODUCTS_MS = 15_000;
/** Fewer do not teach the sample's voice, more teach nothing new. */
const STEPS = { fewest: 14, most: 24 };

const NAME = 'Try it: the lighthouse keeper';
const SAMPLE = 'lighthouse-keeper.jsonl';

/** Found by experiment to teach the sample's voice in few steps. */
const CHANGES = {
  learning_rate: 2.2e-3,
  batch_size: 2,
  lora_rank: 16,
  lora_alpha: 32,
  lora_dropout: 0,
  max_length: 128,
} as const satisfies NewJob['changes'];

interface Parts {
  readonly datasets: Pick<DatasetService, 'importSample'>;
  readonly baseModels: Pick<BaseModelService, 'bundled'>;
  readonly jobs: Pick<JobService, 'probe' | 'create'>;
  readonly samplesDir: string;
}

const stepsFor = (stepMs: number): number =>
  Math.min(STEPS.most, Math.max(STEPS.fewest, Math.round(PRODUCTS_MS / stepMs)));

const withSteps = (job: NewJob, steps: number): NewJob => {
  // Held-out loss and answers before and after are what it is for; between them they would cost a tenth of the time.
  return {
    ...job,
    changes: { ...job.changes, max_steps: steps, eval_steps: steps, save_steps: steps },
  };
};

/**
 * The bundled model learns the bundled sample, in the window and on the command line. The number of
 * steps is fixed before the start, from a short probe of this machine where none is given.
 */
export const tryIt = async (parts: Parts, steps?: number): Promise<TrainingJob> => {
  const { datasets, baseModels, jobs, samplesDir } = parts;
  const model = await baseModels.bundled();
  if (!model) {
    throw new AppError({
      code: 'bundled_model_missing',
      message: 'The bundled small model is not there.',
      hint: 'Run the set-up again (npm run setup), or start a run with a model of your own.',
    });
  }
  const dataset = await datasets.importSample();
  const { demo_question } = Prompts.parse(
    JSON.parse(await readFile(join(samplesDir, 'prompts.json'), 'utf8')),
  );
  const job: NewJob = {
    name: NAME,
    dataset_id: dataset.id,
    base_model_id: model.id,
    preset_id: 'custom',
    changes: CHANGES,
    sample_prompts: [{ id: DEMO_PROMPT_ID, text: demo_question }],
  };
  const chosen = steps ?? stepsFor((await jobs.probe(job)).step_ms);
  // To count the sample's tokens would start the trainer once more; its rows are short, so the bound is near.
  return jobs.create(withSteps(job, chosen), { uncounted: true });
};

/** Lines that hold a record: the sample's first describes the file. */
const recordsIn = (text: string): number =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{"_meta"')).length;

interface PlanParts {
  readonly baseModels: Pick<BaseModelService, 'bundled'>;
  readonly jobs: Pick<JobService, 'list'>;
  readonly samplesDir: string;
}

/** What `tryIt` would do now, in figures that need no probe. */
export const tryItPlan = async ({ baseModels, jobs, samplesDir }: PlanParts): Promise<TryItPlan> => {
  const sample = join(samplesDir, SAMPLE);
  const [model, all, text, { size }] = await Promise.all([
    baseModels.bundled(),
    jobs.list(),
    readFile(sample, 'utf8'),
    stat(sample),
  ]);
  const done = all
    .filter(({ name, status }) => name === NAME && status === 'completed')
    .toSorted((one, other) => one.updated_at.localeCompare(other.updated_at));
  return {
    model_name: model?.name ?? 'the bundled model',
    model_bytes: model?.size_bytes ?? null,
    records: recordsIn(text),
    sample_bytes: size,
    lora_rank: CHANGES.lora_rank,
    steps: STEPS,
    last_job_id: done.at(-1)?.id ?? null,
  };
};
