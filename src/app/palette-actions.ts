import { Download, MessageSquare, Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { api } from '../api';
import { doingsOf } from '../features/jobs';
import type { Doing } from '../features/jobs';
import type { Dataset, TrainingJob } from '../lib/types/lora-training';
import type { ModelArtifact } from '../lib/types/model-artifact';
import { askPage } from '../page-asks';
import { paths } from '../paths';
import { datasets } from '../stores';
import type { Entry } from './palette-entry';

type Navigate = (path: string) => void;

const entriesOf = (
  { id, name }: { readonly id: string; readonly name: string },
  all: readonly Omit<Doing, 'label'>[],
): Entry[] =>
  all.map(({ verb, after = '', icon, run }) => ({
    id: `${verb} ${id}`,
    group: 'Actions',
    label: `${verb} “${name}”${after}`,
    icon,
    onThing: true,
    run,
  }));

/** Opens the page, and there the dialog. */
const asking = (navigate: Navigate, path: string) => (what: string) => () => {
  askPage(path, what);
  navigate(path);
};

export const jobActions = (all: readonly TrainingJob[], navigate: Navigate): Entry[] =>
  all.flatMap((job) => entriesOf(job, doingsOf(job, navigate)));

export const datasetActions = (all: readonly Dataset[], navigate: Navigate): Entry[] =>
  all.flatMap((dataset) => {
    const ask = asking(navigate, paths.dataset(dataset.id));
    const restore = async () => datasets.put(await api.datasets.restore({ id: dataset.id }));
    return entriesOf(
      dataset,
      dataset.deleted_at === null
        ? [
            { verb: 'Rename dataset', after: '…', icon: Pencil, run: ask('rename') },
            { verb: 'Delete dataset', after: '…', icon: Trash2, run: ask('delete') },
          ]
        : [{ verb: 'Restore', after: ' from the bin', icon: RotateCcw, run: restore }],
    );
  });

export const modelActions = (all: readonly ModelArtifact[], navigate: Navigate): Entry[] =>
  all.flatMap((model) => {
    const ask = asking(navigate, paths.model(model.id));
    return entriesOf(model, [
      { verb: 'Export', after: '…', icon: Download, run: ask('export') },
      { verb: 'Try', after: '…', icon: MessageSquare, run: ask('try') },
      { verb: 'Delete model', after: '…', icon: Trash2, run: ask('delete') },
    ]);
  });
