import { useState } from 'react';
import { api } from '../../api';
import type { RunRequest } from '../../lib/contract/contract';
import { methodsFor } from '../../lib/training/methods';
import type { Dataset, PresetId, TrainingJob } from '../../lib/types/lora-training';
import { useRows } from '../../live-store';
import { baseModels, datasets, jobs } from '../../stores';
import { useLoad } from '../../use-load';
import { draftsOf, readDrafts } from './drafts';
import type { Drafts } from './drafts';

export interface Origin {
  readonly datasetId?: string;
  readonly jobId?: string;
  /** The setting that is to be changed. */
  readonly setting?: string;
}

/** What the page was opened for, and what there is to choose from. */
const useSources = ({ datasetId, jobId }: Origin) => {
  const past = useRows(jobs).find(({ id }) => id === jobId);
  const usable = useRows(datasets)
    .filter(({ training_ready, deleted_at }) => training_ready && deleted_at === null)
    .toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  return {
    past,
    usable,
    models: useRows(baseModels),
    datasetId: datasetId ?? past?.dataset_id,
    modelId: past?.base_model_id,
  };
};

/** The wanted row, else the first. */
const pick = <Row extends { id: string }>(
  rows: readonly Row[],
  wanted: string | null | undefined,
): Row | null => rows.find(({ id }) => id === wanted) ?? rows[0] ?? null;

const pastDrafts = (past: TrainingJob | undefined): Drafts => (past ? draftsOf(past.hyperparameters) : {});

const nameOf = (dataset: string | undefined, preset: PresetId): string =>
  dataset === undefined ? '' : `${dataset}, ${preset === 'custom' ? 'your own' : preset}`.slice(0, 200);

interface Named {
  readonly id: string;
}

/** Data that is no conversation needs a method of its own: the first that learns from it. */
const impliedChanges = ({ kind }: Pick<Dataset, 'kind'>): RunRequest['changes'] =>
  kind === 'sft' ? {} : { method: methodsFor(kind)[0] };

const requestFor = (dataset: Dataset | null, model: Named | null, preset: PresetId): RunRequest | null =>
  dataset && model
    ? {
        dataset_id: dataset.id,
        base_model_id: model.id,
        preset_id: preset,
        changes: impliedChanges(dataset),
      }
    : null;

const useSettings = (plain: RunRequest | null) => {
  const { state } = useLoad(JSON.stringify(plain), () =>
    plain ? api.jobs.settings(plain) : Promise.resolve(null),
  );
  return state.kind === 'ready' ? state.value : null;
};

/** The page's choices; what is not chosen comes from the run or dataset it was opened for. */
export const useNewRun = (origin: Origin) => {
  const { past, usable, models, datasetId, modelId } = useSources(origin);
  const [chosen, setChosen] = useState<{
    readonly data?: string;
    readonly model?: string;
    readonly preset?: PresetId;
    readonly name?: string;
  }>({});
  const [typed, setTyped] = useState<Drafts>({});
  const dataset = pick(usable, chosen.data ?? datasetId);
  const model = pick(models, chosen.model ?? modelId);
  const preset = chosen.preset ?? past?.preset_id ?? 'balanced';
  const drafts: Drafts = { ...pastDrafts(past), ...typed };
  const plain = requestFor(dataset, model, preset);
  const recipe = useSettings(plain);
  const { changes, errors } = readDrafts(drafts, recipe);
  const choose = (more: typeof chosen) => setChosen((known) => ({ ...known, ...more }));
  return {
    usable,
    models,
    dataset,
    model,
    preset,
    drafts,
    recipe,
    changes,
    errors,
    past,
    request: plain ? { ...plain, changes: { ...plain.changes, ...changes } } : null,
    name: chosen.name ?? nameOf(dataset?.name, preset),
    setData: (data: string) => choose({ data }),
    setModel: (id: string) => choose({ model: id }),
    setPreset: (id: PresetId) => choose({ preset: id }),
    setName: (name: string) => choose({ name }),
    type: (more: Drafts) => setTyped((known) => ({ ...known, ...more })),
    reset: () => setTyped(recipe ? draftsOf(recipe) : {}),
  };
};

export type NewRun = ReturnType<typeof useNewRun>;
