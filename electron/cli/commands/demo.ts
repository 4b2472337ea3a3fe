import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { NewJob } from '../../../src/lib/contract/contract';
import { AppError } from '../../../src/lib/messages/app-error';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { ModelArtifact } from '../../../src/lib/types/model-artifact';
import { type Registry, WholeNumber, type Workplace } from '../command';
import { EXIT } from '../exit-codes';
import { runInForeground } from '../run/foreground';
import { adapterDirOf, ask } from '../trainer';
import { lossChange } from './artifacts';
import { DEMO_STEPS } from './demo-steps';

const DemoOptions = z.object({
  steps: WholeNumber.pipe(z.int().min(1, 'give 1 or more').max(10_000, 'give 10000 or less')).optional(),
  to: z.string().min(1).optional(),
});

const Prompts = z.object({ demo_question: z.string() });
const ANSWER_TOKENS = 60;

const CHANGES: NewJob['changes'] = {
  learning_rate: 1e-3,
  lora_rank: 16,
  lora_alpha: 32,
  lora_dropout: 0,
  max_length: 128,
  batch_size: 4,
  warmup_ratio: 0.03,
};

const questionOf = async ({ io }: Workplace): Promise<string> => {
  const text = await readFile(join(io.resourcesDir, 'samples', 'prompts.json'), 'utf8');
  return Prompts.parse(JSON.parse(text)).demo_question;
};

const bundledModel = async ({ app }: Workplace): Promise<BaseModel> => {
  const model = await app.services.baseModels.ensureBundled();
  if (model) return model;
  throw new AppError({
    code: 'bundled_model_missing',
    message: 'The bundled small model is not there.',
    hint: 'Run the set-up again (npm run setup), or train a model of your own with: pipeline train',
  });
};

interface Result {
  readonly artifact: ModelArtifact;
  readonly question: string;
  readonly before: string;
  readonly after: string;
}

const tell = (work: Workplace, { artifact, question, before, after }: Result): void => {
  const { output } = work;
  const adapter_path = adapterDirOf(work, artifact);
  if (output.json) {
    const { base_validation_loss, final_validation_loss } = artifact.quality_metrics;
    const losses = { base_validation_loss, final_validation_loss };
    output.document({
      event: 'demo',
      artifact_id: artifact.id,
      adapter_path,
      ...losses,
      question,
      before,
      after,
    });
    return;
  }
  output.line(`Adapter        ${adapter_path}`);
  output.line(`Held-out loss  ${lossChange(artifact)}`);
  output.line(`\n${question}`, 'bold');
  output.line(`Before: ${before}`);
  output.line(`After:  ${after}`, 'green');
};

const prepare = async (work: Workplace, asked: number | undefined) => {
  const { app, output } = work;
  const question = await questionOf(work);
  const baseModel = await bundledModel(work);
  const dataset = await app.services.datasets.importSample();
  output.note(`“${dataset.name}” is imported; asking the untouched model first …`);
  const { base = '' } = await ask(work, { baseModel, prompt: question, max_new_tokens: ANSWER_TOKENS });
  const steps = asked ?? DEMO_STEPS;
  const changes = { ...CHANGES, max_steps: steps, eval_steps: steps, save_steps: steps };
  const request = {
    dataset_id: dataset.id,
    base_model_id: baseModel.id,
    preset_id: 'custom',
    changes,
  } as const;
  return { question, baseModel, before: base, request };
};

const finish = async (
  work: Workplace,
  artifactId: string,
  to: string | undefined,
): Promise<ModelArtifact> => {
  const { models } = work.app.services;
  const artifact = await models.verify(artifactId);
  work.output.note('The adapter is checked: every file has its hash, and it loads.');
  if (to === undefined) return artifact;
  const { path } = await models.export({ id: artifactId, format: 'adapter', to: resolve(to) });
  work.output.note(`It is exported to ${path}`);
  return artifact;
};

export const addDemo = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'demo',
    about: 'the main job on the bundled model and sample, with the answer before and after',
    flags: [
      ['--steps <n>', 'how many steps (24)'],
      ['--to <folder>', 'export the adapter there'],
    ],
    options: DemoOptions,
    run: async (work) => {
      const { jobs } = work.app.services;
      const { question, baseModel, before, request } = await prepare(work, work.options.steps);
      const { job, code } = await runInForeground(work, () =>
        jobs.create({ ...request, name: 'Demo: the lighthouse keeper', sample_prompts: [] }),
      );
      if (code !== EXIT.done || job.artifact_id === null) return code;
      const artifact = await finish(work, job.artifact_id, work.options.to);
      const { adapter = '' } = await ask(work, {
        baseModel,
        artifact,
        prompt: question,
        max_new_tokens: ANSWER_TOKENS,
      });
      tell(work, { artifact, question, before, after: adapter });
      return EXIT.done;
    },
  });
