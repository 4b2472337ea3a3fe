import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** A variable that is set to nothing says nothing. */
const filled = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

const platformDir = ({ platform, env }: Surroundings): string => {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Pipeline');
  if (platform === 'win32')
    return join(filled(env['LOCALAPPDATA']) ?? join(homedir(), 'AppData', 'Local'), 'Pipeline');
  return join(filled(env['XDG_DATA_HOME']) ?? join(homedir(), '.local', 'share'), 'pipeline');
};

/** Where everything of a user lives, unless `PIPELINE_DATA_DIR` or an option says otherwise. */
export const resolveDataDir = (chosen?: string, surroundings: Surroundings = process): string =>
  resolve(chosen ?? filled(surroundings.env['PIPELINE_DATA_DIR']) ?? platformDir(surroundings));
