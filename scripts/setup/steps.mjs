import { benchEnvironment } from './steps/bench-environment.mjs';
import { compilerPackages, displayPackages, windowPackages } from './steps/debian-packages.mjs';
import { electron } from './steps/electron.mjs';
import { npmPackages } from './steps/npm-packages.mjs';
import { olderSqlite } from './steps/older-sqlite.mjs';
import { pythonDevelopment, pythonRuntime } from './steps/python-runtime.mjs';
import { smallModel } from './steps/small-model.mjs';
import { uvInstaller } from './steps/uv-installer.mjs';

const training = [npmPackages, uvInstaller, pythonRuntime, smallModel];
const window = [...training, windowPackages, electron, compilerPackages, olderSqlite];

/** What each purpose needs, in the order in which it is brought. */
export const stepsFor = {
  terminal: training,
  window,
  tests: [...window, displayPackages, pythonDevelopment],
  bench: [...training, benchEnvironment],
};
