import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { ChangesPage } from '../../../src/lib/types/dataset-versions';
import { compareVersions } from './compare/compare-versions';

/** Entry of the thread on which two versions are compared. */
const request = z
  .strictObject({ from: z.string(), to: z.string(), page: ChangesPage.optional() })
  .parse(workerData);
parentPort?.postMessage(await compareVersions(request));
