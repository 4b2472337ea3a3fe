import { Activity, Box, Database, House, Settings } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { DatasetPage, DatasetsPage } from '../features/datasets';
import { ImportPage } from '../features/import';
import { JobPage, JobsPage } from '../features/jobs';
import { ModelPage, ModelsPage } from '../features/models';
import { NewRunPage } from '../features/new-run';
import { SettingsPage } from '../features/settings';
import { StartPage } from '../features/start';
import { paths } from '../paths';

/** What stands in the path of a screen. */
export interface ScreenParameters {
  readonly id: string;
  readonly setting?: string;
  readonly share?: string;
  readonly seed?: string;
  readonly stratify?: string;
}

export interface Screen {
  readonly path: string;
  readonly render: (parameters: ScreenParameters) => ReactNode;
  /** Shown in the sidebar and the palette. */
  readonly entry?: { readonly label: string; readonly icon: LucideIcon };
  /** The sidebar entry that a screen without its own belongs to. */
  readonly under?: string;
}

/** Every screen of the window. */
export const SCREENS: readonly Screen[] = [
  { path: paths.start, render: () => <StartPage />, entry: { label: 'Start', icon: House } },
  { path: paths.datasets, render: () => <DatasetsPage />, entry: { label: 'Datasets', icon: Database } },
  { path: paths.import, render: () => <ImportPage />, under: paths.datasets },
  { path: paths.dataset(':id'), render: ({ id }) => <DatasetPage id={id} />, under: paths.datasets },
  { path: paths.newRun, render: () => <NewRunPage />, under: paths.jobs },
  {
    path: paths.newRunOn(':id'),
    render: ({ id }) => <NewRunPage key={id} datasetId={id} />,
    under: paths.jobs,
  },
  {
    path: paths.newRunOnChanging(':id', ':setting'),
    render: ({ id, setting }) => <NewRunPage key={id} datasetId={id} setting={setting} />,
    under: paths.jobs,
  },
  {
    path: paths.newRunSplit(':id', { share: ':share', seed: ':seed', stratify: ':stratify' }),
    render: ({ id, share = '', seed = '', stratify = '' }) => (
      <NewRunPage
        key={`${id} ${share} ${seed} ${stratify}`}
        datasetId={id}
        drafts={{ validation_share: share, seed, stratify }}
      />
    ),
    under: paths.jobs,
  },
  {
    path: paths.newRunLike(':id'),
    render: ({ id }) => <NewRunPage key={id} jobId={id} />,
    under: paths.jobs,
  },
  {
    path: paths.newRunChanging(':id', ':setting'),
    render: ({ id, setting }) => <NewRunPage key={id} jobId={id} setting={setting} />,
    under: paths.jobs,
  },
  { path: paths.jobs, render: () => <JobsPage />, entry: { label: 'Jobs', icon: Activity } },
  { path: paths.job(':id'), render: ({ id }) => <JobPage id={id} />, under: paths.jobs },
  { path: paths.models, render: () => <ModelsPage />, entry: { label: 'Models', icon: Box } },
  { path: paths.model(':id'), render: ({ id }) => <ModelPage id={id} />, under: paths.models },
  { path: paths.settings, render: () => <SettingsPage />, entry: { label: 'Settings', icon: Settings } },
];

export const entryOf = (location: string): string => {
  if (location === paths.start) return paths.start;
  if (location.startsWith(paths.newRun)) return paths.jobs;
  if (location === paths.import) return paths.datasets;
  return (
    SCREENS.find(({ path, entry }) => entry && path !== paths.start && location.startsWith(path))?.path ??
    paths.start
  );
};
