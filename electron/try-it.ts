import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { NewJob } from '../src/lib/contract/contract';
import { AppError } from '../src/lib/messages/app-error';
import type { TrainingJob } from '../src/lib/types/lora-training';
import type { BaseModelService } from './services/base-models/base-model-service';
import type { DatasetService } from './services/datasets/dataset-service';
import type { JobService } from './services/jobs/job-service';

const Prompts = z.object({ sample_prompts: z.array(z.string()), demo_question: z.string() });

/** Found by experiment to teach the sample's voice in few steps without looping. */
const CHANGES: NewJob['changes'] = {
  learning_rate: 1e-3,
  batch_size: 4,
  lora_rank: 16,
  lora_alpha: 32,
  lora_dropout: 0,
  max_steps: 24,
  max_length: 128,
};

interface Parts {
  readonly datasets: DatasetService;
  readonly baseModels: BaseModelService;
  readonly jobs: JobService;
  readonly samplesDir: string;
}

/** The bundled model learns the bundled sample. */
export const tryIt = async ({ datasets, baseModels, jobs, samplesDir }: Parts): Promise<TrainingJob> => {
  const model = await baseModels.ensureBundled();
  if (!model) {
    throw new AppError({
      code: 'bundled_model_missing',
      message: 'The bundled small model is not there.',
      hint: 'Run the set-up again (npm run setup), or start a run with a model of your own.',
    });
  }
  const dataset = await datasets.importSample();
  const { demo_question, sample_prompts } = Prompts.parse(
    JSON.parse(await readFile(join(samplesDir, 'prompts.json'), 'utf8')),
  );
  const questions = [demo_question, ...sample_prompts.slice(0, 1)];
  return jobs.create({
    name: 'Try it: the lighthouse keeper',
    dataset_id: dataset.id,
    base_model_id: model.id,
    preset_id: 'custom',
    changes: CHANGES,
    sample_prompts: questions.map((text, index) => ({ id: `prompt-${index + 1}`, text })),
  });
};
