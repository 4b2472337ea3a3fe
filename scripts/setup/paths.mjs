import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Every place the set-up writes to, below the clone. */
export function pathsIn(root) {
  const runtimeDir = join(root, 'resources', 'runtime');
  const trainerDir = join(root, 'resources', 'trainer');
  return {
    root,
    runtimeDir,
    trainerDir,
    requirementsDir: join(trainerDir, 'requirements'),
    nodeModules: join(root, 'node_modules'),
    partialDir: join(runtimeDir, '.partial'),
    lockFile: join(runtimeDir, '.setup-lock'),
    logFile: join(runtimeDir, 'setup.log'),
    uvDir: join(runtimeDir, 'uv'),
    pythonDir: join(runtimeDir, 'python'),
    benchDir: join(runtimeDir, 'bench'),
    electronDir: join(runtimeDir, 'electron'),
    sqliteDir: join(runtimeDir, 'better-sqlite3-napi9'),
    smallModelDir: join(root, 'resources', 'models', 'smollm2-135m-instruct'),
  };
}
