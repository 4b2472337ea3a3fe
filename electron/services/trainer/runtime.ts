import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';

export interface RuntimePlaces {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that holds `runtime/` and `trainer/`. */
  readonly resourcesDir: string;
  readonly platform?: NodeJS.Platform;
}

/** Where the trainer's Python is: `PIPELINE_PYTHON`, else the runtime among the resources. */
export const findPython = async ({
  env,
  resourcesDir,
  platform = process.platform,
}: RuntimePlaces): Promise<string> => {
  const bundled = platform === 'win32' ? ['python.exe'] : ['bin', 'python'];
  const chosen = env['PIPELINE_PYTHON'];
  const python = chosen ?? join(resourcesDir, 'runtime', 'python', ...bundled);
  try {
    await access(python, constants.X_OK);
  } catch (error) {
    throw Object.assign(missing(python, chosen !== undefined), { cause: error });
  }
  return python;
};

const Stamp = z.object({ fingerprint: z.string() });

/** The fingerprint of the lock that the runtime was made from; null for a Python of the user's own. */
export const findLockHash = async ({ env, resourcesDir }: RuntimePlaces): Promise<string | null> => {
  if (env['PIPELINE_PYTHON'] !== undefined) return null;
  try {
    const text = await readFile(join(resourcesDir, 'runtime', 'python', '.stamp.json'), 'utf8');
    return Stamp.parse(JSON.parse(text)).fingerprint;
  } catch {
    // What a run is worth does not hang on it.
    return null;
  }
};

const missing = (python: string, chosen: boolean): AppError =>
  new AppError({
    code: 'runtime_missing',
    message: `The training runtime is not there: ${python} cannot be started.`,
    hint: chosen ? 'Correct PIPELINE_PYTHON, or unset it.' : 'Run `npm run setup`, which installs it.',
  });
