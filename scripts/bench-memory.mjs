import './setup/require-node.mjs';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { buildModule } = await import('./bench/build-module.mjs');
const { measureMemory } = await import('./bench/measure-memory.mjs');
const { memoryTable } = await import('./bench/memory-table.mjs');
const { setUp } = await import('./setup/set-up.mjs');
const { pathsIn, projectRoot } = await import('./setup/paths.mjs');

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
  },
});
await setUp('terminal');
const dir = mkdtempSync(join(tmpdir(), 'bench-memory-'));
try {
  const { lengthBytes, peakMemoryBytes } = await import(
    await buildModule(projectRoot, dir, 'src/lib/training/memory.ts')
  );
  const measured = await measureMemory(pathsIn(projectRoot), options.only ?? []);
  const estimateOf = (row) =>
    peakMemoryBytes(requestOf(row)) + (row.differing ? lengthBytes(requestOf(row)) : 0);
  const rows = measured.map((row) => ({ ...row, estimated_bytes: estimateOf(row) }));
  process.stdout.write(options.json ? `${JSON.stringify(rows)}\n` : memoryTable(rows));
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function requestOf({ shape, parameters, size_bytes, settings, longest_row, trained_share, ...plan }) {
  const { micro_batch, recompute_mlps, recompute_layers } = plan;
  const sides = ['dpo', 'orpo'].includes(settings.method) ? 2 : 1;
  return {
    model: { config: shape, parameters, size_bytes, architecture: 'llama' },
    settings,
    device: 'cpu',
    weight_bytes: settings.precision === 'bf16' ? 2 : 4,
    plan: { micro_batch, recompute_mlps, recompute_layers },
    longest_row: sides * longest_row,
    trained_share,
    correction: null,
  };
}
