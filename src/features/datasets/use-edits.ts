import { useState } from 'react';
import { api } from '../../api';
import { attempt } from '../../attempt';
import { formatAmount, formatCount } from '../../components/format';
import { showToast } from '../../components/toasts';
import type { DatasetEdit, DatasetVersion } from '../../lib/types/dataset-versions';
import type { Dataset } from '../../lib/types/lora-training';
import type { ProblemFilter, RecordSide } from '../../lib/types/dataset-records';
import type { Loaded } from '../../live-store';
import { datasets } from '../../stores';
import { useAction } from '../../use-load';
import { currentOf, useVersions } from './use-versions';
import type { Selection } from './version-words';

/** An edit that was made: the version before, the one that is in use now, and what was done. */
export interface Made {
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

/** A search or a filter that stands for the records that fit it. */
interface Fitting {
  readonly query: string;
  readonly problem: ProblemFilter | null;
  /** Those in use where it is not said: they are excluded, the others included again. */
  readonly side?: RecordSide;
  readonly which: string;
}

interface OverLimit {
  readonly base_model_id: string;
  readonly max_length: number;
  /** Null for all that are longer, also those that a run only cuts; or what it refuses however long it may be. */
  readonly only: 'refused' | 'otherwise' | null;
}

/** A newer file that is to take the place of the original. */
export interface NewFile {
  readonly kind: 'file';
  readonly path: string;
}

type Asked = Selection | NewFile | 'fixes' | null;

const versionInUse = async (id: string): Promise<number> =>
  currentOf(await api.datasets.versions({ id }))?.number ?? 1;

const whichWords = (only: OverLimit['only'], tokens: string): string => {
  if (only === 'otherwise') return 'that a run with this base model refuses at any length.';
  return only === null
    ? `longer than ${tokens}.`
    : `that do not fit into ${tokens} even in their shortest form.`;
};

/** What an edit is asked about once it is known which records, or which file, it is of. */
const waysToAsk = (id: string, ask: (next: Asked) => void) => {
  const askFitting = ({ which, ...wanted }: Fitting) =>
    attempt('The records were not found', async () => {
      const { ids } = await api.datasets.record_ids({ id, ...wanted });
      if (ids.length > 0) ask({ kind: wanted.side === 'excluded' ? 'include' : 'exclude', ids, which });
      else showToast('Nothing to exclude', 'None of these records is used: they are left out already.');
    });
  const askRepeated = () =>
    attempt('The repeated records were not found', async () => {
      const { ids } = await api.datasets.repeated_ids({ id });
      if (ids.length > 0)
        ask({ kind: 'exclude', ids, which: 'All that repeat an earlier record word for word.' });
      else showToast('Nothing to exclude', 'No record in use repeats another word for word.');
    });
  const askFile = () =>
    attempt('No file was chosen', async () => {
      const [path] = await api.desktop.choose_files({ title: 'File for a new version', several: false });
      if (path !== undefined) ask({ kind: 'file', path });
    });
  const askOverLimit = ({ only, ...limit }: OverLimit) =>
    attempt('The records were not found', async () => {
      const found = await api.datasets.over_limit({ id, ...limit });
      const { ids, truncated, refused = [], over = [] } = found;
      const isWanted = (position: number) =>
        only === 'otherwise'
          ? over[position] === false
          : over[position] !== false && (only === null || refused[position] === true);
      const which = truncated ? `The first ${formatCount(ids.length)}` : 'All';
      ask({
        kind: 'exclude',
        ids: ids.filter((_, position) => isWanted(position)),
        which: `${which} ${whichWords(only, formatAmount(limit.max_length, 'token'))}`,
      });
    });
  return { askFitting, askRepeated, askFile, askOverLimit };
};

/** Changes of a dataset: what is asked about, what goes on, and what was made. */
export const useEdits = (dataset: Dataset) => {
  const { id } = dataset;
  const versions = useVersions(dataset);
  const [asked, setAsked] = useState<Asked>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [askedIn, setAskedIn] = useState<number | undefined>();
  const action = useAction();
  const apply = (edit: DatasetEdit, words: string) =>
    action.run('edit', async () => {
      const from = await versionInUse(id);
      const edited = await api.datasets.edit({ id, edit: { ...edit, version: askedIn } });
      // Before the dataset changes: what is still asked would be looked at again.
      setAsked(null);
      datasets.put(edited);
      setMade({ from, to: await versionInUse(id), words });
    });
  const use = (number: number) =>
    attempt(`Version ${number} is not in use`, async () => {
      datasets.put(await api.datasets.use_version({ id, number }));
      setMade(null);
    });
  const ask = (next: Asked) => {
    action.clear();
    setAskedIn(versions.kind === 'ready' ? placeOf(versions).current : undefined);
    setAsked(next);
  };
  return {
    dataset,
    versions,
    asked,
    ask,
    ...waysToAsk(id, ask),
    made,
    forget: () => setMade(null),
    apply,
    use,
    action,
  };
};

export type Edits = ReturnType<typeof useEdits>;

/** Where the versions of a dataset stand; while they are not known, as if there were one. */
export const placeOf = (versions: Loaded<readonly DatasetVersion[]>) => {
  const known = versions.kind === 'ready' ? versions.value : [];
  return {
    current: currentOf(known)?.number ?? 1,
    next: Math.max(1, ...known.map(({ number }) => number)) + 1,
  };
};
