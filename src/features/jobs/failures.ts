import type { Checkpoint } from '../../lib/types/job-records';
import type { TrainingJob } from '../../lib/types/lora-training';
import type { SettingChanges } from '../../lib/types/training-settings';
import { isResumable } from '../../lib/training/job-states';
import { paths } from '../../paths';

interface Remedy {
  /** Null where it is not one setting: another base model, or other data. */
  readonly setting: keyof SettingChanges | null;
  readonly words: string;
}

const OTHER_SETTINGS: Remedy = { setting: null, words: 'Change the settings' };

/** Failures that the same settings meet again, however often they are tried. */
const SURE: Readonly<Record<string, Remedy>> = {
  token_overflow: { setting: 'max_length', words: 'Raise max length…' },
  loss_diverged: { setting: 'learning_rate', words: 'Lower the learning rate…' },
  target_modules_unknown: { setting: 'target_modules', words: 'Change target layers…' },
  quantization_unavailable: { setting: 'quantization', words: 'Do not quantise…' },
  energy_not_measured: { setting: 'max_energy_kwh', words: 'Drop the energy budget…' },
  too_few_cards: { setting: 'processes', words: 'Take fewer cards…' },
  invalid_setting: OTHER_SETTINGS,
  nothing_to_train: OTHER_SETTINGS,
  mask_not_found: OTHER_SETTINGS,
  template_refused: OTHER_SETTINGS,
  unsupported_content: OTHER_SETTINGS,
  template_unusable: OTHER_SETTINGS,
  tokenizer_unsupported: OTHER_SETTINGS,
  dataset_invalid: OTHER_SETTINGS,
};

/** Failures that pass where the machine has room, and else ask for a setting. */
const MAY_NEED: Readonly<Record<string, Remedy>> = {
  out_of_memory: { setting: 'max_length', words: 'Lower max length…' },
};

/** Failures of the run as it was made: it cannot go on, one that is made anew can. */
const ONLY_ANEW: readonly string[] = [
  'dataset_changed',
  'job_invalid',
  'no_cuda',
  'plan_mismatch',
  'split_invalid',
];

/** Every code that something else is offered for than for a failure nobody foresaw. */
export const KNOWN_CODES: readonly string[] = [...Object.keys(SURE), ...Object.keys(MAY_NEED), ...ONLY_ANEW];

export const remedyOf = ({ error_code }: Pick<TrainingJob, 'error_code'>): Remedy =>
  SURE[error_code ?? ''] ?? MAY_NEED[error_code ?? ''] ?? OTHER_SETTINGS;

/** Where the settings of a failed run are changed. */
export const changeSettingsPath = (job: Pick<TrainingJob, 'id' | 'error_code'>): string => {
  const { setting } = remedyOf(job);
  return setting ? paths.newRunChanging(job.id, setting) : paths.newRunLike(job.id);
};

/** The newest checkpoint that is still there: from it a run goes on. */
export const newestOf = (checkpoints: readonly Checkpoint[]): Checkpoint | null =>
  checkpoints.findLast(({ pruned }) => !pruned) ?? null;

/** Whether a checkpoint was planned before the step that the run came to; the newest is never pruned. */
const passedCheckpoint = ({ plan, current_step }: TrainingJob): boolean => {
  const every = plan?.['save_every'];
  return typeof every === 'number' && current_step > every;
};

/** Another try from the last checkpoint, one from step 0, or one with other settings. */
export type Way = 'resume' | 'retry' | 'change';

/**
 * What can be done with a failed run, the best first; `from` is the checkpoint that it would go on from, null
 * where there is none, and undefined where nobody has looked: then the plan says whether there is one.
 */
export const waysOn = (job: TrainingJob, from: Checkpoint | null | undefined): readonly Way[] => {
  const code = job.error_code ?? '';
  if (code in SURE) return ['change'];
  const goesOn =
    isResumable(job.status) &&
    !ONLY_ANEW.includes(code) &&
    (from === undefined ? passedCheckpoint(job) : from !== null);
  if (goesOn) return ['resume', 'change', 'retry'];
  return code in MAY_NEED ? ['change', 'retry'] : ['retry', 'change'];
};
