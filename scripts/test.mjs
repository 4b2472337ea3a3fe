import './setup/require-node.mjs';

const { mkdirSync, rmSync } = await import('node:fs');
const { join } = await import('node:path');
const { prepare } = await import('./run/prepare.mjs');
const { chooseStages } = await import('./run/stages/choose-stages.mjs');
const { runStages } = await import('./run/stages/run-stage.mjs');
const { stagesFor } = await import('./run/stages/stages.mjs');
const { summarize } = await import('./run/stages/summary.mjs');
const { nodeIn, npmCommand } = await import('./setup/npm.mjs');
const { pathsIn, projectRoot } = await import('./setup/paths.mjs');
const { pythonIn } = await import('./setup/steps/python-runtime.mjs');

const paths = pathsIn(projectRoot);
const reportsDir = join(projectRoot, '.cache', 'test-reports');
const tools = {
  paths,
  node: nodeIn(paths.nodeModules),
  python: pythonIn(paths),
  npm: npmCommand,
  reportsDir,
};
const chosen = chooseStages(stagesFor(tools), process.argv.slice(2));
if (chosen.usage) {
  process.stderr.write(`${chosen.usage}\n`);
  process.exit(2);
}

await prepare('tests');
rmSync(reportsDir, { recursive: true, force: true });
mkdirSync(reportsDir, { recursive: true });

const results = await runStages(chosen.stages, (text) => process.stdout.write(text));
const { text, hasFailed } = summarize(results);
process.stdout.write(text);
process.exitCode = hasFailed ? 1 : 0;
