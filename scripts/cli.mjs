import './setup/require-node.mjs';

const { handOver } = await import('./run/hand-over.mjs');
const { prepare } = await import('./run/prepare.mjs');

const { node, cliFile } = await prepare('terminal');
// npm starts scripts in the clone, while file names are meant from where its user stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
handOver({ command: node, args: [cliFile, ...process.argv.slice(2)] });
