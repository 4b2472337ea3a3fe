import './setup/require-node.mjs';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { benchPython } = await import('./bench/bench-python.mjs');
const { buildImporter } = await import('./bench/build-importer.mjs');
const { compare } = await import('./bench/compare.mjs');
const { writeAlpacaRows } = await import('./bench/alpaca-rows.mjs');
const { projectRoot } = await import('./setup/paths.mjs');

/** Goal of the import: at most this many times what the rival takes. */
const GOAL = 1.5;

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '52000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const dir = mkdtempSync(join(tmpdir(), 'bench-datasets-'));
try {
  const python = await benchPython();
  const file = join(dir, 'alpaca.jsonl');
  const sizeBytes = await writeAlpacaRows(file, Number(options.rows));
  const importer = await buildImporter(projectRoot, join(dir, 'importer'));
  const found = await compare({ python, importer, file, dir, rounds: Number(options.rounds) });
  const result = { rows: Number(options.rows), size_bytes: sizeBytes, ...found, goal: GOAL };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : table(result));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function table({ rows, size_bytes, ours, theirs, ratio, goal }) {
  const line = (name, { median_s, seconds }) =>
    `${name.padEnd(36)} ${median_s.toFixed(2)} s  (${seconds.map((value) => value.toFixed(2)).join(', ')})\n`;
  return (
    `${rows} rows, ${(size_bytes / 1e6).toFixed(1)} MB; median of runs taken in turn, each in a process of its own\n` +
    line('import, check and index', ours) +
    line('datasets.load_dataset, one iteration', theirs) +
    `ratio ${ratio.toFixed(2)} (goal: at most ${goal})\n`
  );
}
