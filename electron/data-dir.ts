import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

const platformDir = ({ platform, env }: Surroundings): string => {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Pipeline');
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Pipeline');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'pipeline');
};

/** Where everything of a user lives, unless `PIPELINE_DATA_DIR` or an option says otherwise. */
export const resolveDataDir = (chosen?: string, surroundings: Surroundings = process): string =>
  resolve(chosen ?? surroundings.env['PIPELINE_DATA_DIR'] ?? platformDir(surroundings));
