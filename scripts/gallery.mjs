import './setup/require-node.mjs';

const { prepare } = await import('./run/prepare.mjs');
const { runStage } = await import('./run/stages/run-stage.mjs');
const { playwright } = await import('./run/stages/stages.mjs');

const { paths, node } = await prepare('tests');
const { failed } = await runStage({
  name: 'gallery',
  commands: [playwright({ paths, node, projects: ['gallery'] })],
});
process.exitCode = failed > 0 ? 1 : 0;
