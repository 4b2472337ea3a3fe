import { parentPort, workerData } from 'node:worker_threads';
import { RecordScan, runScan } from './record-scans';

/** Entry of the thread on which the records of a version are read. */
parentPort?.postMessage(await runScan(RecordScan.parse(workerData)));
