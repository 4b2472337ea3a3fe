import './setup/require-node.mjs';

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { buildImporter } = await import('./bench/build-importer.mjs');
const { writeLargeFile } = await import('./bench/large-files.mjs');
const { projectRoot } = await import('./setup/paths.mjs');

/** Goals: the memory of the importing process, and a table's time against that of lines. */
const GOAL_BYTES = 300e6;
const GOAL_TABLE = 3;

const { values: options } = parseArgs({
  options: {
    mb: { type: 'string', default: '1000' },
    containers: { type: 'string', default: 'jsonl,csv' },
    json: { type: 'boolean', default: false },
  },
});
const importOnce = fileURLToPath(new URL('bench/import-in-worker.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'bench-imports-'));
try {
  const built = join(dir, 'built');
  const runner = await buildImporter(projectRoot, built, 'worker-import');
  const worker = await buildImporter(projectRoot, built, 'import-worker');
  const found = [];
  for (const container of options.containers.split(',')) {
    const { path, sizeBytes } = await writeLargeFile(dir, container, Number(options.mb) * 1e6);
    const target = join(dir, 'lora-datasets', 'user', container);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [importOnce, runner, worker, path, target],
      {
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`the import of ${container} failed:\n${stderr}`);
    found.push({ container, size_bytes: sizeBytes, ...JSON.parse(stdout) });
    rmSync(path);
    rmSync(target, { recursive: true, force: true });
  }
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : table(found));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function table(found) {
  const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  const lines = found.map(
    ({ container, size_bytes, seconds, records, base_bytes, peak_bytes }) =>
      `${container.padEnd(6)} ${mb(size_bytes)}  ${records} records  ${seconds.toFixed(1)} s  ${(size_bytes / 1e6 / seconds).toFixed(0)} MB/s  memory ${mb(peak_bytes)}, ${mb(base_bytes)} of it before\n`,
  );
  return `${lines.join('')}goals: at most ${mb(GOAL_BYTES)} of memory; a table within ${GOAL_TABLE} times the lines\n`;
}
