import {
  Activity,
  Box,
  Database,
  Folder,
  Keyboard,
  Moon,
  Play,
  Plus,
  RefreshCw,
  Sun,
  Upload,
} from 'lucide-react';
import { useLocation } from 'wouter';
import { api } from '../api';
import { decapitalised } from '../components/format';
import { useNow } from '../components/time';
import { datasetState } from '../features/datasets';
import { chooseAndImport } from '../features/import';
import { standingWords, startTryIt, useSaving } from '../features/jobs';
import { usePutAway } from '../features/models';
import { useLive, useRows } from '../live-store';
import { paths } from '../paths';
import { baseModels, datasets, doctor, jobs, models, settings } from '../stores';
import { datasetActions, jobActions, modelActions } from './palette-actions';
import type { Entry } from './palette-entry';
import { SCREENS } from './routes';
import { startNewRun } from './shortcuts';
import { openOverlay } from './ui-state';

type Navigate = (path: string) => void;

const addBaseModel = async () => {
  const path = await api.desktop.choose_folder({ title: 'Folder of a base model' });
  if (path !== null) baseModels.put(await api.base_models.add({ path }));
};

const showDataFolder = async () => {
  const { data_dir } = await api.system.about();
  await api.desktop.show_in_folder({ path: data_dir });
};

const action = (entry: Omit<Entry, 'group'>): Entry => ({ group: 'Actions', ...entry });

const theme = (value: 'light' | 'dark' | 'system') => async () =>
  settings.put(await api.settings.set({ theme: value }));

const firstActions = (navigate: Navigate): readonly Entry[] => [
  action({ id: 'new-run', label: 'New run', shortcut: 'N', icon: Plus, run: () => startNewRun(navigate) }),
  action({
    id: 'import',
    label: 'Import data…',
    shortcut: 'O',
    icon: Upload,
    run: () => chooseAndImport(navigate),
  }),
  action({
    id: 'try-it',
    label: 'Try it with the bundled sample',
    icon: Play,
    run: () => startTryIt(navigate),
  }),
];

const lastActions = (): readonly Entry[] => [
  action({ id: 'base-model', label: 'Add a base model…', icon: Box, run: addBaseModel }),
  action({ id: 'data-folder', label: 'Show the data folder', icon: Folder, run: showDataFolder }),
  action({ id: 'check', label: 'Check this machine again', icon: RefreshCw, run: () => doctor.refresh() }),
  action({
    id: 'shortcuts',
    label: 'Shortcuts',
    shortcut: '?',
    icon: Keyboard,
    run: () => openOverlay('shortcuts'),
  }),
  action({ id: 'light', label: 'Theme: light', icon: Sun, run: theme('light') }),
  action({ id: 'dark', label: 'Theme: dark', icon: Moon, run: theme('dark') }),
  action({ id: 'system', label: 'Theme: as the system', icon: Sun, run: theme('system') }),
];

const screens = (navigate: Navigate): readonly Entry[] =>
  SCREENS.flatMap(({ path, entry }): Entry[] =>
    entry
      ? [{ id: path, group: 'Screens', label: entry.label, icon: entry.icon, run: () => navigate(path) }]
      : [],
  );

/** Everything the palette can do and open. */
export const useEntries = (): readonly Entry[] => {
  const [, navigate] = useLocation();
  const now = useNow();
  const saving = useSaving();
  const [runs, data, kept, putAway] = [useRows(jobs), useRows(datasets), useLive(models), usePutAway()];
  const away = putAway.kind === 'ready' ? putAway.value : [];
  const trained = useRows(models).filter(({ deleted_at }) => deleted_at === null);
  const opens = (path: string) => ({ path, run: () => navigate(path) });
  return [
    ...firstActions(navigate),
    ...jobActions(runs, navigate, { saving, kept }),
    ...datasetActions(data, navigate),
    ...modelActions(trained, away, navigate),
    ...lastActions(),
    ...screens(navigate),
    ...runs.map((job): Entry => {
      const [{ id, name }, note] = [job, standingWords(job, now)];
      return { id, group: 'Jobs', label: name, note, icon: Activity, ...opens(paths.job(id)) };
    }),
    ...data
      .filter(({ deleted_at }) => deleted_at === null)
      .map((dataset): Entry => {
        const [{ id, name }, note] = [dataset, decapitalised(datasetState(dataset).words)];
        return { id, group: 'Datasets', label: name, note, icon: Database, ...opens(paths.dataset(id)) };
      }),
    ...trained.map(({ id, name, version }): Entry => {
      const note = `version ${version}`;
      return { id, group: 'Models', label: name, note, icon: Box, ...opens(paths.model(id)) };
    }),
  ];
};
