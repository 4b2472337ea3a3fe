/** As text, or as the names of what stands there. */
type SplitParts = Readonly<Record<'share' | 'seed' | 'stratify', string | number>>;

/** Where each screen lives. */
export const paths = {
  start: '/',
  datasets: '/datasets',
  import: '/import',
  dataset: (id: string) => `/datasets/${id}`,
  newRun: '/new-run',
  newRunOn: (datasetId: string) => `/new-run/dataset/${datasetId}`,
  /** The same with one setting in view, to be changed. */
  newRunOnChanging: (datasetId: string, setting: string) => `/new-run/dataset/${datasetId}/${setting}`,
  /** The same with another split than the usual one. */
  newRunSplit: (datasetId: string, { share, seed, stratify }: SplitParts) =>
    `/new-run/dataset/${datasetId}/split/${share}/${seed}/${stratify}`,
  newRunLike: (jobId: string) => `/new-run/job/${jobId}`,
  /** The same with one setting in view, to be changed. */
  newRunChanging: (jobId: string, setting: string) => `/new-run/job/${jobId}/${setting}`,
  jobs: '/jobs',
  job: (id: string) => `/jobs/${id}`,
  models: '/models',
  model: (id: string) => `/models/${id}`,
  settings: '/settings',
} as const;
