import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Imports one file, with everything that an import does, and prints the seconds that it took. */
const [importer, sourcePath, target] = process.argv.slice(2);
const { importFile } = await import(pathToFileURL(importer).href);
const startedAt = performance.now();
const { report } = await importFile({
  sourcePath,
  datasetDir: join(target, 'lora-datasets', 'user', 'dataset'),
  stagingToken: 'bench',
});
const seconds = (performance.now() - startedAt) / 1000;
if (report.usable_records === 0) throw new Error(report.reason);
process.stdout.write(`${seconds}\n`);
