import { useState } from 'react';
import { api } from '../../api';
import type { RunRequest } from '../../lib/contract/contract';
import { nextName } from '../../lib/next-name';
import { methodsFor } from '../../lib/training/methods';
import type { Dataset, PresetId, TrainingJob } from '../../lib/types/lora-training';
import type { TrainingSettings } from '../../lib/types/training-settings';
import { useLoad } from '../../use-load';
import { draftsOf, readDrafts } from './drafts';
import type { Drafts, ReadDrafts } from './drafts';
import { suggestedPreset, typeInto } from './own-recipe';
import { ownOfFile } from './loaded-file';
import { fillIn, repeatIn } from './load-into';
import type { Choices } from './load-into';
import type { LoadedFile } from './loaded-file';
import type { OwnRecipe } from './own-recipe';
import { useMixture } from './use-mixture';
import type { Mixture } from './use-mixture';
import { useSources } from './use-sources';
import type { Origin } from './use-sources';

const nameOf = (dataset: string | undefined, preset: PresetId): string =>
  dataset === undefined ? '' : `${dataset}, ${preset === 'custom' ? 'your own' : preset}`.slice(0, 200);

interface Named {
  readonly id: string;
}

/** Data that is no conversation needs a method of its own: the first that learns from it. */
const impliedChanges = ({ kind }: Pick<Dataset, 'kind'>): RunRequest['changes'] =>
  kind === 'sft' ? {} : { method: methodsFor(kind)[0] };

const methodFor = (dataset: Dataset | null) =>
  (dataset ? impliedChanges(dataset).method : undefined) ?? 'sft';

interface Parts {
  readonly dataset: Dataset | null;
  readonly model: Named | null;
  readonly mixture: Pick<Mixture, 'request'>;
}

const requestFor = ({ dataset, model, mixture }: Parts, preset_id: PresetId): RunRequest | null => {
  if (!dataset || !model || !mixture.request) return null;
  const data = { dataset_id: dataset.id, ...mixture.request };
  return { ...data, base_model_id: model.id, preset_id, changes: impliedChanges(dataset) };
};

const useSettings = (plain: RunRequest | null) => {
  const { state } = useLoad(JSON.stringify(plain), () =>
    plain ? api.jobs.settings(plain) : Promise.resolve(null),
  );
  return state.kind === 'ready' ? state.value : null;
};

const suggestedFor = (dataset: Dataset | null): PresetId =>
  suggestedPreset(dataset?.report?.usable_records ?? 0);

interface Beginning {
  readonly file: LoadedFile | undefined;
  readonly past: TrainingJob | undefined;
  readonly dataset: Dataset | null;
  readonly drafts: Drafts | undefined;
}

/** One's own recipe begins as the file that was loaded, else as the run to repeat, else as what was changed on the way here, else as the balanced one. */
const beginning = ({ file, past, dataset, drafts }: Beginning): OwnRecipe => {
  if (file) return ownOfFile(file);
  if (past) return { basis: past.preset_id, drafts: draftsOf(past.hyperparameters) };
  return drafts ? { basis: suggestedFor(dataset), drafts } : { basis: 'balanced', drafts: {} };
};

const NOTHING_READ: ReadDrafts = { changes: {}, errors: {} };

/** The values that a recipe had last, which tell what is changed of it while they are read anew. */
const useLastOf = (basis: PresetId, recipe: TrainingSettings | null): TrainingSettings | null => {
  const [last, setLast] = useState({ basis, recipe });
  if (recipe !== null && recipe !== last.recipe) setLast({ basis, recipe });
  return recipe ?? (last.basis === basis ? last.recipe : null);
};

const useOwnRecipe = (requestOf: (preset: PresetId) => RunRequest | null, first: Beginning) => {
  const [typed, setTyped] = useState<OwnRecipe | null>(null);
  const own = typed ?? beginning(first);
  const recipe = useSettings(requestOf(own.basis));
  // Until the basis is known, all of a past run would count as changed.
  const read = recipe ? readDrafts(own.drafts, recipe) : NOTHING_READ;
  const last = useLastOf(own.basis, recipe);
  const plain = requestOf(own.basis === 'balanced' ? 'custom' : own.basis);
  return {
    own,
    typed,
    setTyped,
    recipe,
    read,
    /** Until the basis is known, all that a file or a past run says counts as a change, so that nothing of it is lost. */
    differs: Object.keys(last ? readDrafts(own.drafts, last).changes : own.drafts).length > 0,
    request: plain ? { ...plain, changes: { ...plain.changes, ...read.changes } } : null,
  };
};

/** What changed its recipe on the way here, as a file or a run to repeat may have, is one's own. */
const changedPreset = (first: Beginning, differs: boolean): PresetId | undefined => {
  const { file, past, drafts } = first;
  if ((file ?? past ?? drafts) && differs) return 'custom';
  return file ? beginning(first).basis : past?.preset_id;
};

/** The recipe that is chosen, with what was typed into it. */
const useRecipe = (
  preset: PresetId,
  { own, recipe: basis, read }: ReturnType<typeof useOwnRecipe>,
  plain: RunRequest | null,
) => {
  const mine = preset === 'custom';
  const settings = useSettings(mine ? null : plain);
  return mine
    ? { recipe: basis, drafts: own.drafts, ...read, known: basis !== null }
    : { recipe: settings, drafts: {}, ...NOTHING_READ, known: true };
};

/** The page's choices; what is not chosen comes from the run or dataset it was opened for. */
export const useNewRun = (opened: Origin) => {
  const [chosen, setChosen] = useState<Choices>({});
  const origin: Origin = chosen.jobId === undefined ? opened : { jobId: chosen.jobId };
  const choose = (more: typeof chosen) => setChosen((known) => ({ ...known, ...more }));
  const sources = useSources(origin, chosen);
  const { past, dataset, model } = sources;
  const mixture = useMixture(sources);
  const plainOf = (preset: PresetId) => requestFor({ dataset, model, mixture }, preset);
  const first = { file: chosen.file, past, dataset, drafts: origin.drafts };
  const mine = useOwnRecipe(plainOf, first);
  const { own, read, typed, setTyped } = mine;
  const page = { chosen, setChosen, typed, setTyped, mixture };
  const suggested = suggestedFor(dataset);
  const preset = chosen.preset ?? changedPreset(first, mine.differs) ?? suggested;
  /** Before it is, what was changed on the way here is not known to be. */
  const isBegun = chosen.preset !== undefined || mine.recipe !== null;
  const { known, ...recipe } = useRecipe(preset, mine, plainOf(preset));
  const requestOf = (id: PresetId) => (id === 'custom' ? mine.request : plainOf(id));
  return {
    ...sources,
    ...recipe,
    /** What is estimated of it answers the last values that were valid. */
    isInvalid: Object.keys(recipe.errors).length > 0,
    mixture,
    suggested,
    preset,
    own,
    /** What one's own recipe has that its basis has not. */
    ownChanges: read.changes,
    /** Null until those of its basis are known. */
    ownSettings: mine.recipe ? { ...mine.recipe, ...read.changes } : null,
    /** What a recipe learns by, unless it is changed. */
    method: methodFor(dataset),
    requestOf,
    file: chosen.file,
    request: known && isBegun ? requestOf(preset) : null,
    name: chosen.name ?? nextName(nameOf(dataset?.name, preset), sources.takenNames),
    setData: (data: string) => choose({ data }),
    setModel: (id: string) => choose({ model: id }),
    setPreset: (id: PresetId) => choose({ preset: id }),
    setName: (name: string) => choose({ name }),
    /** A change in a recipe makes it one's own. */
    type: (more: Drafts, into: PresetId = preset) => {
      setTyped(typeInto(own, into, more));
      choose({ preset: 'custom' });
    },
    fill: (file: LoadedFile) => fillIn(page, file, { data: dataset?.id, model: model?.id }),
    repeat: (jobId: string) => repeatIn(page, jobId),
    reset: () => setTyped({ ...own, drafts: {} }),
  };
};

export type NewRun = ReturnType<typeof useNewRun>;
