import { formatChange, formatCount } from '../../components/format';
import { visibleText } from '../../components/visible-text';
import { HYPERPARAMETER_PRESETS } from '../../lib/types/lora-training';
import type { PresetId, TrainingJob } from '../../lib/types/lora-training';
import type { ModelArtifact } from '../../lib/types/model-artifact';
import type { TrainingSettings } from '../../lib/types/training-settings';

/** A recipe as it would be trained now. */
export interface Wanted {
  readonly preset: PresetId;
  readonly base_model_id: string;
  readonly method: TrainingSettings['method'];
  /** Of one's own recipe; null while they are not known. */
  readonly settings: TrainingSettings | null;
}

export interface SimilarRun {
  readonly name: string;
  readonly dataset: string;
  /** Held-out loss of the base model and of the adapter. */
  readonly before: number;
  readonly after: number;
}

export interface PastRuns {
  readonly jobs: readonly TrainingJob[];
  readonly models: readonly ModelArtifact[];
}

/** In every value that `these` have; the label of the base model is no setting. */
const agree = (settings: TrainingSettings, { base_model: _label, ...these }: Partial<TrainingSettings>) =>
  Object.entries(these).every(
    ([key, value]) => JSON.stringify(Reflect.get(settings, key)) === JSON.stringify(value),
  );

/** A run that began from a recipe and changed its values is no run of it. */
const isLike = (job: TrainingJob, { preset, base_model_id, method, settings }: Wanted): boolean => {
  if (job.status !== 'completed' || job.base_model_id !== base_model_id) return false;
  if (preset === 'custom') return settings !== null && agree(job.hyperparameters, settings);
  return (
    job.preset_id === preset &&
    job.method === method &&
    agree(job.hyperparameters, HYPERPARAMETER_PRESETS[preset])
  );
};

/** Finished runs like it whose held-out loss is known before and after, the newest first. */
export const similarRuns = (wanted: Wanted, { jobs, models }: PastRuns): readonly SimilarRun[] => {
  const byJob = new Map(models.map((model) => [model.job_id, model]));
  return jobs
    .filter((job) => isLike(job, wanted))
    .toSorted((one, other) => (other.completed_at ?? '').localeCompare(one.completed_at ?? ''))
    .flatMap(({ id, name }) => {
      const model = byJob.get(id);
      const { base_validation_loss: before, final_validation_loss: after } = model?.quality_metrics ?? {};
      if (!model || !before || typeof after !== 'number') return [];
      return [{ name, dataset: model.training_summary.dataset_name, before, after }];
    });
};

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

/** `2 similar runs: held-out loss − 25.1 % and − 41.3 %.` */
export const similarWords = (runs: readonly SimilarRun[]): string => {
  if (runs.length === 0) return 'No similar run yet.';
  const changes = runs.slice(0, MOST).map(({ before, after }) => unbroken(formatChange(before, after)));
  return `${countWords(runs.length)}: held-out loss ${listed(changes)}.`;
};

/** Which runs those are; undefined where there is none. */
export const similarTitle = (runs: readonly SimilarRun[]): string | undefined =>
  runs.length === 0
    ? undefined
    : runs
        .slice(0, MOST)
        .map(({ name, dataset }) => visibleText(`“${name}” on “${dataset}”`))
        .join('\n');
