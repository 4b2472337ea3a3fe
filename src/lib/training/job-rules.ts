import type { StepSettings } from './steps';

/** What the rules of a job file look at. */
export interface JobFigures {
  readonly total_steps: number;
  readonly total_epochs: number;
  readonly dataset: { readonly records: number };
  readonly settings: StepSettings & {
    readonly validation_share: number;
    readonly early_stopping_patience: number | null;
  };
  readonly sample_prompts: readonly { readonly id: string }[];
}

const mostSteps = ({ dataset, settings, total_epochs }: JobFigures): number =>
  Math.ceil(dataset.records / (settings.batch_size * settings.gradient_accumulation_steps)) * total_epochs;

/**
 * The first rule across fields that a job breaks, or null. JSON Schema cannot say these, so the trainer
 * has them again in `config.py`; `job-examples.json` holds both to the same answers.
 */
export const brokenJobRule = (job: JobFigures): string | null => {
  const { settings } = job;
  const ids = job.sample_prompts.map(({ id }) => id);
  const rules: readonly (readonly [boolean, string])[] = [
    [
      settings.max_steps !== null && settings.max_steps !== job.total_steps,
      'total_steps: must equal settings.max_steps',
    ],
    [
      settings.max_steps === null && job.total_epochs !== settings.num_epochs,
      'total_epochs: must equal settings.num_epochs',
    ],
    [job.total_steps > mostSteps(job), 'total_steps: more than the records allow in total_epochs'],
    [job.total_steps < job.total_epochs, 'total_steps: an epoch is at least one step'],
    [
      settings.early_stopping_patience !== null && settings.validation_share === 0,
      'settings/early_stopping_patience: needs a held-out share',
    ],
    [new Set(ids).size < ids.length, 'sample_prompts: ids must differ'],
  ];
  return rules.find(([isBroken]) => isBroken)?.[1] ?? null;
};
