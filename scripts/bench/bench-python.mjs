import { pathsIn, projectRoot } from '../setup/paths.mjs';
import { setUp } from '../setup/set-up.mjs';
import { benchPythonIn } from '../setup/steps/bench-environment.mjs';

/** Brings the rivals where they are missing; answers the paths of the set-up. */
export async function benchSetUp() {
  await setUp('bench');
  return pathsIn(projectRoot);
}

/** The Python of the benchmarks' environment, made where it is missing. */
export async function benchPython() {
  return benchPythonIn(await benchSetUp());
}
