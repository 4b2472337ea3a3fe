import { api } from '../../api';
import type { BaseModel } from '../../lib/types/base-model';
import type { Dataset, TrainingJob } from '../../lib/types/lora-training';
import { useLive, useRows } from '../../live-store';
import { baseModels, datasets, jobs } from '../../stores';
import { useLoad } from '../../use-load';
import type { Drafts } from './drafts';
import type { LoadedFile } from './loaded-file';
import { MISSING_MODEL, MISSING_RUN, missingData } from './missing';
import { namedPart } from './named-part';
import type { NamedPart } from './named-part';

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
  readonly file?: LoadedFile;
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

interface Opened {
  readonly datasetId: string | undefined;
  readonly past: TrainingJob | undefined;
}

interface Rows {
  readonly all: readonly Dataset[];
  readonly models: readonly BaseModel[];
  readonly binned: readonly Dataset[];
}

/** Asked for only where a file names a dataset, which may be there. */
const useBin = (word: string | undefined): readonly Dataset[] => {
  const { state } = useLoad(word ?? '', () =>
    word === undefined ? Promise.resolve([]) : api.datasets.deleted(),
  );
  return state.kind === 'ready' ? state.value : [];
};

/** What the file names, of what nobody has chosen since. */
const namedBy = ({ file, data, model }: Chosen, { all, models, binned }: Rows) => {
  const { dataset, base_model } = file?.recipe ?? {};
  const here = all.filter(({ deleted_at }) => deleted_at === null);
  return {
    data: data === undefined ? namedPart('dataset', dataset, { here, binned }) : null,
    model: model === undefined ? namedPart('base model', base_model, { here: models, binned: [] }) : null,
  };
};

/** What was chosen, else what the file names, else what the page was opened for. */
const wantedOf = (chosen: Chosen, named: ReturnType<typeof namedBy>, { datasetId, past }: Opened) => ({
  data: chosen.data ?? named.data?.id ?? datasetId ?? past?.dataset_id,
  model: chosen.model ?? named.model?.id ?? past?.base_model_id,
});

const reasonOf = (row: object | null, named: NamedPart | null, usual: string): string | null =>
  row ? null : (named?.reason ?? usual);

/** What the page was opened for or what was chosen since, and what there is to choose from. */
export const useSources = (origin: Origin, chosen: Chosen) => {
  const { past, gone, waiting } = usePast(origin.jobId);
  const [all, models] = [useRows(datasets), useRows(baseModels)];
  const usable = all
    .filter(isUsable)
    .toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  const binned = useBin(chosen.file?.recipe.dataset);
  const named = namedBy(chosen, { all, models, binned });
  const wanted = wantedOf(chosen, named, { datasetId: origin.datasetId, past });
  const dataset = gone && wanted.data === undefined ? null : pick(usable, wanted.data);
  const model = pick(models, wanted.model);
  return {
    past,
    waiting,
    /** What the runs are called that are there. */
    takenNames: useRows(jobs).map(({ name }) => name),
    usable,
    models,
    dataset,
    model,
    /** Why one of them is not there. */
    missing: {
      data: reasonOf(dataset, named.data, dataReason(all, wanted.data)),
      model: reasonOf(model, named.model, MISSING_MODEL),
    },
  };
};
