import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compareInWorker } from './services/datasets/worker-compare';
import { importInWorker } from './services/datasets/worker-import';
import { previewInWorker } from './services/datasets/worker-preview';
import { scansInWorker } from './services/datasets/worker-record-scans';
import { runDataInWorker } from './services/jobs/worker-run-data';

/** What runs on threads of their own, each from an entry among the bundled files. */
export const threadsIn = (bundleDir: string) => {
  const entry = (name: string): URL => pathToFileURL(join(bundleDir, `${name}.js`));
  return {
    runImport: importInWorker(entry('import-worker')),
    runPreview: previewInWorker(entry('preview-worker')),
    compare: compareInWorker(entry('compare-worker')),
    scans: scansInWorker(entry('record-scan-worker')),
    makeData: runDataInWorker(entry('run-data-worker')),
  };
};
