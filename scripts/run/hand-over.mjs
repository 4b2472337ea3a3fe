import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Becomes another program: same arguments, streams, signals and exit code.
 * @param {{command: string, args: string[], env?: NodeJS.ProcessEnv}} program
 */
export function handOver({ command, args, env = process.env }) {
  // A process of its own would stand between the program and its signals; Node 20 has no other way.
  if (typeof process.execve === 'function') process.execve(command, [command, ...args], env);
  const child = spawn(command, args, { env, stdio: 'inherit' });
  for (const signal of FORWARDED) process.on(signal, () => pass(signal, child));
  child.once('error', (error) => {
    process.stderr.write(`${command} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function pass(signal, child) {
  // Ctrl-C in a terminal reaches the child by itself; a second one would mean "at once".
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}
