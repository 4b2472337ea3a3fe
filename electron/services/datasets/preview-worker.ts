import { parentPort, workerData } from 'node:worker_threads';
import { ImportRequest } from './import/import-request';
import { previewFile } from './import/preview-file';

/** Entry of the thread on which the beginning of one file is looked at. */
parentPort?.postMessage(await previewFile(ImportRequest.parse(workerData)));
