import { pathToFileURL } from 'node:url';

/** Imports one file on the app's own thread, and prints what it took: seconds, records, bytes of memory. */
const [runner, worker, sourcePath, datasetDir] = process.argv.slice(2);
const { importInWorker } = await import(pathToFileURL(runner).href);
const run = importInWorker(pathToFileURL(worker));
const SAMPLE_EVERY_MS = 20;

const base = process.memoryUsage.rss();
let peak = base;
const sampler = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, SAMPLE_EVERY_MS);
const startedAt = performance.now();
const request = { sourcePath, datasetDir, stagingToken: 'bench', maxBytes: Number.MAX_SAFE_INTEGER };
const { report } = await run(request, () => undefined, new AbortController().signal);
const seconds = (performance.now() - startedAt) / 1000;
clearInterval(sampler);
if (report.usable_records === 0) throw new Error(report.reason);
process.stdout.write(
  `${JSON.stringify({ seconds, records: report.usable_records, base_bytes: base, peak_bytes: peak })}\n`,
);
