import { spawnSync } from 'node:child_process';

/** @returns {string | null} what a short command answers, or null where it is missing or fails */
export function ask(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000, ...options });
  return status === 0 ? stdout.trim() : null;
}
