import { artifactRepository, exportRepository } from './artifacts';
import { baseModelRepository } from './base-models';
import { datasetProblemRepository, datasetVersionRepository } from './dataset-parts';
import { datasetEditionRepository } from './dataset-editions';
import { datasetRepository } from './datasets';
import { deviceRepository } from './devices';
import { ingestRepository } from './ingest';
import { attemptRepository, recordRepository } from './job-records';
import { jobRepository } from './jobs';
import { outcomeRepository } from './outcomes';
import { leaseRepository, requestRepository, settingsRepository } from './queue';
import { revisionRepository } from './revisions';
import type { Drizzle } from './session';

/** Every repository, bound to one user. */
export const buildRepositories = (db: Drizzle, userId: string) => {
  const bound = { db, userId };
  return {
    datasets: datasetRepository(bound),
    datasetVersions: datasetVersionRepository(bound),
    datasetProblems: datasetProblemRepository(bound),
    datasetEditions: datasetEditionRepository(bound),
    baseModels: baseModelRepository(bound),
    jobs: jobRepository(bound),
    attempts: attemptRepository(bound),
    records: recordRepository(bound),
    ingest: ingestRepository(bound),
    artifacts: artifactRepository(bound),
    exports: exportRepository(bound),
    outcomes: outcomeRepository(bound),
    lease: leaseRepository(bound),
    devices: deviceRepository(bound),
    requests: requestRepository(bound),
    settings: settingsRepository(bound),
    revisions: revisionRepository(bound),
  };
};
export type Repositories = ReturnType<typeof buildRepositories>;
