import './setup/require-node.mjs';

const PURPOSES = { '--terminal': 'terminal', '--window': 'window', '--tests': 'tests', '--bench': 'bench' };

const [option = '--tests', ...rest] = process.argv.slice(2);
const purpose = PURPOSES[option];
if (purpose === undefined || rest.length > 0) {
  process.stderr.write(`Usage: npm run setup [-- ${Object.keys(PURPOSES).join(' | ')}]\n`);
  process.exit(2);
}
// Imported late: an older Node must reach the sentence above, not stumble over what these import.
const { setUp } = await import('./setup/set-up.mjs');
const brought = await setUp(purpose);
process.stderr.write(brought === 0 ? 'Everything is set up; nothing to do.\n' : 'Everything is set up.\n');
