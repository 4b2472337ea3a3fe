import { parentPort, workerData } from 'node:worker_threads';
import { makeRunData, RunDataRequest } from './run-data';

/** Entry of the thread on which the data of one run is made. */
parentPort?.postMessage(await makeRunData(RunDataRequest.parse(workerData)));
