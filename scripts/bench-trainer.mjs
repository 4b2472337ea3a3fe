import './setup/require-node.mjs';

import { parseArgs } from 'node:util';

const { benchSetUp } = await import('./bench/bench-python.mjs');
const { cardTable } = await import('./bench/card-table.mjs');
const { runBench } = await import('./bench/run-bench.mjs');
const { trainerTable } = await import('./bench/trainer-table.mjs');
const { pathsIn, projectRoot } = await import('./setup/paths.mjs');
const { setUp } = await import('./setup/set-up.mjs');
const { benchPythonIn } = await import('./setup/steps/bench-environment.mjs');

/** Repeats, and optimizer steps of each, where time is short. */
const QUICK = { repeats: '2', steps: '1' };

/** The whole table of cards on a processor, in a minute: whether it runs, not how fast. */
const TINY = { shapes: 'tiny', tokens: '64', steps: '4', 'lever-steps': '2', device: 'cpu' };

/** A flag without a value. */
const LEVERS = { levers: [] };

const { values: options } = parseArgs({
  options: {
    repeats: { type: 'string' },
    steps: { type: 'string' },
    dropout: { type: 'string' },
    precision: { type: 'string' },
    only: { type: 'string', multiple: true },
    levers: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    card: { type: 'boolean', default: false },
    tiny: { type: 'boolean', default: false },
    'lever-steps': { type: 'string' },
    shapes: { type: 'string', multiple: true },
    tokens: { type: 'string' },
    device: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const { quick, card, tiny, levers, json, ...asked } = options;

const measured = async (paths, module, flags) => {
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
  return JSON.parse(await runBench(paths, module, given));
};

/** The bundled model on the processor, against the rivals, or against itself without one lever each. */
const onProcessor = async () => {
  const paths = await benchSetUp();
  const own = { 'bench-python': benchPythonIn(paths), 'base-model': paths.smallModelDir };
  return measured(paths, 'bench.compare', {
    ...own,
    ...(quick ? QUICK : {}),
    ...(levers ? LEVERS : {}),
    ...asked,
  });
};

/** Well-known shapes with random weights on a card, against stock PEFT. */
const onCard = async () => {
  await setUp('terminal');
  return measured(pathsIn(projectRoot), 'bench.card', { ...(tiny ? TINY : {}), ...asked });
};

const result = await (card ? onCard() : onProcessor());
const table = card ? cardTable : trainerTable;
process.stdout.write(json ? `${JSON.stringify(result)}\n` : table(result));
