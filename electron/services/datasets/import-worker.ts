import { parentPort, workerData } from 'node:worker_threads';
import { importFile } from './import/import-file';
import { ImportRequest } from './import/import-request';
import { ALIVE_EVERY_MS } from './worker-import';
import type { ImportMessage } from './worker-import';

/** Entry of the thread on which one file is imported. */
const request = ImportRequest.parse(workerData);
const send = (message: ImportMessage) => parentPort?.postMessage(message);

setInterval(() => send({ kind: 'alive' }), ALIVE_EVERY_MS).unref();

try {
  const result = await importFile(request, (progress) => send({ kind: 'progress', progress }));
  send({ kind: 'result', result });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  send({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
}
