import { homedir } from 'node:os';
import { join } from 'node:path';

import { ask } from './ask.mjs';

/** Where uv keeps what it downloaded. */
export function uvCacheDir(env = process.env) {
  return env.UV_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'uv');
}

/** uv reads no pip configuration: hand over the package index that this machine uses. */
export function uvEnvironment(python, env = process.env) {
  const passedOn = { UV_DEFAULT_INDEX: 'index-url', UV_INDEX: 'extra-index-url' };
  const result = { ...env, UV_NO_PROGRESS: '1', UV_PYTHON_DOWNLOADS: 'never' };
  for (const [variable, option] of Object.entries(passedOn)) {
    const value = env[variable] ?? pipOption({ python, option, env });
    if (value) result[variable] = value;
  }
  return result;
}

function pipOption({ python, option, env }) {
  const variable = `PIP_${option.replaceAll('-', '_').toUpperCase()}`;
  if (env[variable]) return env[variable];
  return ask(python, ['-m', 'pip', 'config', 'get', `global.${option}`], { env });
}
