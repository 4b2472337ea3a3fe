import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** npm as it started us, so that the set-up uses the one its user chose. */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js') && existsSync(script)) {
    return { command: process.execPath, args: [script, ...args] };
  }
  return { command: 'npm', args };
}

/** Node 24 from the npm packages: what Node the caller has does not matter after them. */
export const nodeIn = (nodeModules) => join(nodeModules, '.bin', 'node');
