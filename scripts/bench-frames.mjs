import './setup/require-node.mjs';

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { framesTable } = await import('./bench/frames-table.mjs');
const { prepare } = await import('./run/prepare.mjs');
const { runStage } = await import('./run/stages/run-stage.mjs');
const { playwright } = await import('./run/stages/stages.mjs');

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
});
const { paths, node } = await prepare('tests');
const dir = mkdtempSync(join(tmpdir(), 'bench-frames-'));
try {
  const report = join(dir, 'frames.json');
  const env = { FRAMES_ROWS: options.rows, FRAMES_PAGES: options.pages, FRAMES_REPORT: report };
  const command = playwright({ paths, node, projects: ['frames'], env });
  const said = [];
  const { failed } = await runStage({ name: 'frames', commands: [command] }, (chunk) => said.push(chunk));
  if (failed > 0) throw new Error(`the window was not measured:\n${Buffer.concat(said).toString()}`);
  const stretches = JSON.parse(readFileSync(report, 'utf8'));
  const result = { rows: Number(options.rows), pages: Number(options.pages), stretches };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : framesTable(result));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
