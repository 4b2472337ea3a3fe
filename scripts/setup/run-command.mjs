import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

import { killGroup } from './processes.mjs';

const TAIL_LINES = 12;
const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|dns error|tcp connect|Name or service not known|Failed to establish a new connection|error sending request|client error \(Connect\)/i;

/** A command of the set-up that ended badly, with the end of what it said. */
export class CommandFailed extends Error {
  name = 'CommandFailed';

  constructor(command, outcome, tail) {
    super(`${command} ended with ${outcome}.\n${tail}`);
    this.couldNotConnect = UNREACHABLE.test(tail);
  }
}

/**
 * Runs a command to its end with its output in the log.
 * @param {{command: string, args: string[], cwd?: string, env?: object, timeoutMs?: number, onLine?: (line: string) => void}} what
 * @param {{logFile: string, lock?: {recordChild: Function, forgetChild: Function}}} context
 * @returns {Promise<string>} what it wrote to stdout
 */
export function runCommand({ command, args, cwd, env, timeoutMs, onLine }, { logFile, lock }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  log.write(`\n> ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it starts can be ended with it.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const output = collect(child, log);
    if (onLine) createInterface({ input: child.stdout }).on('line', onLine);
    const stopWatching = watchOver(child, { lock, timeoutMs });
    child.once('error', (error) => {
      stopWatching();
      reject(error);
    });
    child.once('close', (code, signal) => {
      stopWatching();
      log.end();
      if (code === 0) resolve(output.stdout());
      else reject(new CommandFailed(command, signal ?? `exit code ${code}`, output.tail()));
    });
  });
}

function collect(child, log) {
  let stdout = '';
  let all = '';
  const keep = (text) => {
    log.write(text);
    all = (all + text).slice(-20_000);
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    keep(text);
  });
  child.stderr.setEncoding('utf8').on('data', keep);
  return {
    stdout: () => stdout,
    tail: () => all.trimEnd().split('\n').slice(-TAIL_LINES).join('\n'),
  };
}

function watchOver(child, { lock, timeoutMs }) {
  if (child.pid === undefined) return () => {};
  lock?.recordChild(child.pid);
  const stop = () => killGroup(child, 'SIGKILL');
  const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
  process.once('exit', stop);
  return () => {
    clearTimeout(timer);
    process.off('exit', stop);
    lock?.forgetChild();
  };
}
