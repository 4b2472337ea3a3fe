import './setup/require-node.mjs';

const { hasDisplay, windowFlags } = await import('./run/display.mjs');
const { handOver } = await import('./run/hand-over.mjs');
const { prepare } = await import('./run/prepare.mjs');
const { electronExecutable } = await import('./setup/electron-dist.mjs');

const args = process.argv.slice(2);
if (hasDisplay()) await openWindow();
else await runDemo();

async function openWindow() {
  const { paths } = await prepare('window');
  const { flags, warnings } = windowFlags();
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  // Set by editors that are Electron themselves; with it the window would be a bare Node.
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  handOver({ command: electronExecutable(paths), args: [...flags, paths.root, ...args], env });
}

async function runDemo() {
  process.stderr.write('There is no display here, so the main job runs in this terminal (pipeline demo).\n');
  const { node, cliFile } = await prepare('terminal');
  handOver({ command: node, args: [cliFile, 'demo', ...args] });
}
