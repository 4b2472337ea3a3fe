import { formatChange, formatCount } from '../../components/format';
import { visibleText } from '../../lib/visible-text';
import type { SettingsRequest } from '../../lib/training/settings';
import type { TrainingJob } from '../../lib/types/lora-training';
import type { ModelArtifact } from '../../lib/types/model-artifact';
import type { TrainingSettings } from '../../lib/types/training-settings';

/** A recipe as it would be trained now. */
export interface Wanted {
  readonly base_model_id: string;
  /** With every default, for the kind of machine that a run had; null while they are not known. */
  readonly settingsOn: (device: Device) => TrainingSettings | null;
}

type Device = SettingsRequest['device'];

export interface SimilarRun {
  readonly name: string;
  readonly dataset: string;
  /** Held-out loss of the base model and of the adapter. */
  readonly before: number;
  readonly after: number;
}

interface PastRuns {
  readonly jobs: readonly TrainingJob[];
  readonly models: readonly ModelArtifact[];
}

/** A finished run whose held-out loss is known before and after. */
export interface MeasuredRun extends SimilarRun {
  readonly job: TrainingJob;
}

/** All that any recipe may be compared with, the newest first. */
export const measuredRuns = ({ jobs, models }: PastRuns): readonly MeasuredRun[] => {
  const byJob = new Map(models.map((model) => [model.job_id, model]));
  return jobs
    .filter(({ status }) => status === 'completed')
    .toSorted((one, other) => (other.completed_at ?? '').localeCompare(one.completed_at ?? ''))
    .flatMap((job) => {
      const model = byJob.get(job.id);
      const { base_validation_loss: before, final_validation_loss: after } = model?.quality_metrics ?? {};
      if (!model || !before || typeof after !== 'number') return [];
      return [{ job, name: job.name, dataset: model.training_summary.dataset_name, before, after }];
    });
};

/** The label of the base model is no setting, and another seed is the same recipe. */
const NOT_COMPARED = new Set(['base_model', 'seed']);

const agree = (settings: TrainingSettings, those: TrainingSettings): boolean =>
  Object.entries(those).every(
    ([key, value]) =>
      NOT_COMPARED.has(key) || JSON.stringify(Reflect.get(settings, key)) === JSON.stringify(value),
  );

/** Whatever recipe it began from, in the window or on the command line: its settings tell what it was. */
const isLike = ({ base_model_id, hyperparameters, gpu_config }: TrainingJob, wanted: Wanted): boolean => {
  if (base_model_id !== wanted.base_model_id) return false;
  const settings = wanted.settingsOn(gpu_config.gpu_type === 'cpu' ? 'cpu' : 'cuda');
  return settings !== null && agree(hyperparameters, settings);
};

export const similarRuns = (wanted: Wanted, runs: readonly MeasuredRun[]): readonly SimilarRun[] =>
  runs.filter(({ job }) => isLike(job, wanted));

const MOST = 3;

/** A sign, a figure and its unit stay in one line. */
const unbroken = (words: string): string => words.replaceAll(' ', '\u00A0');

const listed = (words: readonly string[]): string => {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
};

const countWords = (count: number): string => {
  if (count > MOST) return `The last ${MOST} of ${formatCount(count)} similar runs`;
  return count === 1 ? '1 similar run' : `${count} similar runs`;
};

const LONGEST_NAME = 40;

const briefly = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;

/** `2 similar runs: held-out loss − 25.1 % and − 41.3 %, the last on “Answers”.` */
export const similarWords = (runs: readonly SimilarRun[]): string => {
  const [newest] = runs;
  if (!newest) return 'No similar run yet.';
  const where = `${runs.length === 1 ? '' : 'the last '}on “${briefly(newest.dataset)}”`;
  const changes = runs.slice(0, MOST).map(({ before, after }) => unbroken(formatChange(before, after)));
  return visibleText(`${countWords(runs.length)}: held-out loss ${listed(changes)}, ${where}.`);
};

/** Which runs those are; undefined where there is none. */
export const similarTitle = (runs: readonly SimilarRun[]): string | undefined =>
  runs.length === 0
    ? undefined
    : runs
        .slice(0, MOST)
        .map(({ name, dataset }) => visibleText(`“${name}” on “${dataset}”`))
        .join('\n');
