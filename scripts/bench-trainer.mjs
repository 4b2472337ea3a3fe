import './setup/require-node.mjs';

import { parseArgs } from 'node:util';

const { benchSetUp } = await import('./bench/bench-python.mjs');
const { compareTrainers } = await import('./bench/compare-trainers.mjs');
const { trainerTable } = await import('./bench/trainer-table.mjs');

/** Repeats, and optimizer steps of each, where time is short. */
const QUICK = { repeats: '2', steps: '1' };

const { values: options } = parseArgs({
  options: {
    repeats: { type: 'string' },
    steps: { type: 'string' },
    dropout: { type: 'string' },
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const { quick, json, ...asked } = options;
const paths = await benchSetUp();
const result = await compareTrainers(paths, { ...(quick ? QUICK : {}), ...asked });
process.stdout.write(json ? `${JSON.stringify(result)}\n` : trainerTable(result));
