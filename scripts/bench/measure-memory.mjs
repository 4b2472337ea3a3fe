import { runBench } from './run-bench.mjs';

/**
 * Configurations of `bench.memory`, each with the most memory that it held.
 * @param {object} paths the set-up's
 * @param {readonly string[]} only their numbers; all where there is none
 */
export async function measureMemory(paths, only) {
  const chosen = only.length > 0 ? ['--only', ...only] : [];
  const said = await runBench(paths, 'bench.memory', ['--base-model', paths.smallModelDir, ...chosen]);
  return said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
