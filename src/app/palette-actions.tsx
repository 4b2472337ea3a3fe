import { Download, MessageSquare, Pencil, Plus, RotateCcw, Trash2 } from 'lucide-react';
import { api } from '../api';
import { doingsOf, groupJobs, keptModelOf, moveDoings, ResumesFrom } from '../features/jobs';
import type { Doing } from '../features/jobs';
import { bringBack } from '../features/models';
import { readiness } from '../lib/training/readiness';
import type { Dataset, TrainingJob } from '../lib/types/lora-training';
import type { ModelArtifact } from '../lib/types/model-artifact';
import type { Loaded } from '../live-store';
import { askPage } from '../page-asks';
import { paths } from '../paths';
import { datasets } from '../stores';
import type { Entry } from './palette-entry';

type Navigate = (path: string) => void;

const entryOf =
  ({ id, name }: { readonly id: string; readonly name: string }) =>
  ({ verb, after = '', label, icon, run }: Doing): Entry => ({
    id: `${verb}${after} ${id}`,
    group: 'Actions',
    label: `${verb} “${name}”${after}`,
    short: label,
    icon,
    onThing: id,
    run,
  });

/** Opens the page, and there the dialog. */
const asking = (navigate: Navigate, path: string) => (what: string) => () => {
  askPage(path, what);
  navigate(path);
};

interface Known {
  /** Ids of the runs that a trainer still saves. */
  readonly saving: readonly string[];
  readonly kept: Loaded<ReadonlyMap<string, ModelArtifact>>;
}

export const jobActions = (
  all: readonly TrainingJob[],
  navigate: Navigate,
  { saving, kept }: Known,
): Entry[] => {
  const { waiting } = groupJobs(all);
  return all.flatMap((job) =>
    [
      ...moveDoings(job, waiting),
      ...doingsOf(job, navigate, { isSaving: saving.includes(job.id), modelId: keptModelOf(job, kept) }),
    ].map((doing) => ({
      ...entryOf(job)(doing),
      ...(doing.resumes && { aside: <ResumesFrom job={job} /> }),
    })),
  );
};

/** In the words of the dataset's own menu. */
const datasetDoings = (dataset: Dataset, navigate: Navigate): readonly Doing[] => {
  const ask = asking(navigate, paths.dataset(dataset.id));
  const blocked = readiness(dataset).some(({ kind }) => kind === 'blocking');
  return [
    ...(blocked
      ? []
      : [
          {
            verb: 'New run on',
            label: 'New run',
            icon: Plus,
            run: () => navigate(paths.newRunOn(dataset.id)),
          },
        ]),
    {
      verb: 'Rename dataset',
      after: '…',
      label: 'Name, description, tags…',
      icon: Pencil,
      run: ask('rename'),
    },
    { verb: 'Delete dataset', after: '…', label: 'Delete…', icon: Trash2, run: ask('delete') },
  ];
};

const binDoings = ({ id }: Dataset): readonly Doing[] => [
  {
    verb: 'Restore',
    after: ' from the bin',
    label: 'Restore',
    icon: RotateCcw,
    run: async () => datasets.put(await api.datasets.restore({ id })),
  },
];

export const datasetActions = (all: readonly Dataset[], navigate: Navigate): Entry[] =>
  all.flatMap((dataset) =>
    (dataset.deleted_at === null ? datasetDoings(dataset, navigate) : binDoings(dataset)).map(
      entryOf(dataset),
    ),
  );

const modelDoings = (model: ModelArtifact, navigate: Navigate): readonly Doing[] => {
  const ask = asking(navigate, paths.model(model.id));
  return [
    { verb: 'Export', after: '…', label: 'Export…', icon: Download, run: ask('export') },
    { verb: 'Try', after: '…', label: 'Try it…', icon: MessageSquare, run: ask('try') },
    { verb: 'Delete model', after: '…', label: 'Delete…', icon: Trash2, run: ask('delete') },
  ];
};

const putAwayDoing = (model: ModelArtifact): Doing => ({
  verb: 'Bring model',
  after: ' back',
  label: 'Bring back',
  icon: RotateCcw,
  run: () => bringBack(model),
});

export const modelActions = (
  kept: readonly ModelArtifact[],
  away: readonly ModelArtifact[],
  navigate: Navigate,
): Entry[] => [
  ...kept.flatMap((model) => modelDoings(model, navigate).map(entryOf(model))),
  ...away.map((model) => entryOf(model)(putAwayDoing(model))),
];
