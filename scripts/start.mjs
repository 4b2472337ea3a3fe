import './setup/require-node.mjs';

const { startingPlace } = await import('./run/display.mjs');
const { handOver } = await import('./run/hand-over.mjs');
const { prepare } = await import('./run/prepare.mjs');
const { electronExecutable } = await import('./setup/electron-dist.mjs');

const args = process.argv.slice(2);
const { place, words, notes } = startingPlace();
await (place === 'window' ? openWindow() : runDemo());

async function openWindow() {
  const { paths } = await prepare('window');
  sayNotes();
  // Set by editors that are Electron themselves; with it the window would be a bare Node.
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  handOver({ command: electronExecutable(paths), args: [...words, paths.root, ...args], env });
}

async function runDemo() {
  sayNotes();
  const { node, cliFile } = await prepare('terminal');
  handOver({ command: node, args: [cliFile, ...words, ...args] });
}

function sayNotes() {
  for (const note of notes) process.stderr.write(`${note}\n`);
}
