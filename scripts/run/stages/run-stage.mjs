import { spawn } from 'node:child_process';

/**
 * @param {import('./stages.mjs').Stage} stage
 * @returns {Promise<{name: string, passed: number, failed: number, skipped: number, elapsedMs: number}>}
 */
export async function runStage({ name, commands, readReport }) {
  const startedMs = performance.now();
  const outcomes = [];
  for (const command of commands) outcomes.push(await succeeds(command));
  const counts = countTests(outcomes, readReport);
  return { name, ...counts, elapsedMs: performance.now() - startedMs };
}

/** A runner that ends badly, writes no report or ran nothing has failed, whatever it counted. */
export function countTests(outcomes, readReport) {
  const failedCommands = outcomes.filter((succeeded) => !succeeded).length;
  if (!readReport) return { passed: outcomes.length - failedCommands, failed: failedCommands, skipped: 0 };
  const counts = readReport() ?? { passed: 0, failed: 0, skipped: 0 };
  const hasRunNothing = counts.passed + counts.failed === 0;
  if (counts.failed === 0 && (failedCommands > 0 || hasRunNothing)) return { ...counts, failed: 1 };
  return counts;
}

function succeeds({ command, args, cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}
