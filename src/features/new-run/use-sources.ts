import type { Dataset } from '../../lib/types/lora-training';
import { useLive, useRows } from '../../live-store';
import { baseModels, datasets, jobs } from '../../stores';
import type { Drafts } from './drafts';
import { MISSING_MODEL, MISSING_RUN, missingData } from './missing';

export interface Origin {
  readonly datasetId?: string;
  readonly jobId?: string;
  /** The setting that is to be changed. */
  readonly setting?: string;
  /** What is changed already of the recipe. */
  readonly drafts?: Drafts;
}

export interface Chosen {
  readonly data?: string;
  readonly model?: string;
}

/** The row asked for, and no other in its place; the first where none was asked for. */
const pick = <Row extends { id: string }>(rows: readonly Row[], wanted: string | undefined): Row | null =>
  (wanted === undefined ? rows[0] : rows.find(({ id }) => id === wanted)) ?? null;

const isUsable = ({ training_ready, deleted_at }: Dataset): boolean => training_ready && deleted_at === null;

/** The run to repeat, and whether it is known yet to be there. */
const usePast = (jobId: string | undefined) => {
  const runs = useLive(jobs);
  const past = runs.kind === 'ready' && jobId !== undefined ? runs.value.get(jobId) : undefined;
  const gone = jobId !== undefined && runs.kind !== 'loading' && !past;
  return { past, gone, waiting: jobId !== undefined && runs.kind === 'loading' };
};

const dataReason = (all: readonly Dataset[], wanted: string | undefined): string =>
  wanted === undefined ? MISSING_RUN : missingData(all.find(({ id }) => id === wanted));

/** What the page was opened for or what was chosen since, and what there is to choose from. */
export const useSources = (origin: Origin, chosen: Chosen) => {
  const { past, gone, waiting } = usePast(origin.jobId);
  const [all, models] = [useRows(datasets), useRows(baseModels)];
  const usable = all
    .filter(isUsable)
    .toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  const wanted = chosen.data ?? origin.datasetId ?? past?.dataset_id;
  const dataset = gone && wanted === undefined ? null : pick(usable, wanted);
  const model = pick(models, chosen.model ?? past?.base_model_id);
  return {
    past,
    waiting,
    usable,
    models,
    dataset,
    model,
    /** Why one of them is not there. */
    missing: { data: dataset ? null : dataReason(all, wanted), model: model ? null : MISSING_MODEL },
  };
};
