import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { TrainerCommand } from '../../../src/lib/types/trainer-events';
import { trainerEnvironment } from './environment';
import { endChild } from './kill';
import { LineSplitter } from './line-splitter';
import { inputFlags, type RunInputs } from './run-inputs';
import { identify, type ProcessIdentity } from './process-identity';

export const SILENCE_MS = 30_000;
const KILL_PATIENCE_MS = 10_000;
const LOG_LINE_LIMIT = 16 * 1024;

export interface TrainerLaunch {
  readonly python: string;
  readonly trainerDir: string;
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface TrainerStart {
  readonly run_dir: string;
  readonly attempt: number;
  /** The last event that the app has, to number on from where the run folder has lost it. */
  readonly after_seq: number;
  /** How many train together, each on a card of its own. */
  readonly processes: number;
  /** Instead of the hints in the run's folder. */
  readonly inputs: RunInputs | null;
  readonly onLine: (line: string) => void;
  readonly onLog: (line: string) => void;
  /** Nothing came for 30 s; said once, and again after the next silence. */
  readonly onSilence: () => void;
  readonly onOverlong: () => void;
}

export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What the queue needs of a running trainer; tests put a script in its place. */
export interface RunningTrainer {
  readonly identity: Promise<ProcessIdentity>;
  readonly exited: Promise<TrainerExit>;
  send(command: TrainerCommand): boolean;
  /** End of standard input: the trainer saves and leaves. */
  letGo(): void;
  kill(): Promise<void>;
}

const argumentsOf = (
  { cacheDir }: TrainerLaunch,
  { run_dir, attempt, after_seq, processes, inputs }: TrainerStart,
): readonly string[] => [
  run_dir,
  ...['--attempt', String(attempt)],
  ...['--after-seq', String(after_seq)],
  ...['--cache-dir', cacheDir],
  ...(processes === 1 ? [] : ['--processes', String(processes)]),
  ...(inputs === null ? [] : inputFlags(inputs)),
];

/** One attempt of one job: `python -m pipeline_trainer run`. */
export class TrainerProcess implements RunningTrainer {
  readonly identity: Promise<ProcessIdentity>;
  readonly exited: Promise<TrainerExit>;
  readonly #child: ChildProcess;
  readonly #start: TrainerStart;
  readonly #log: WriteStream;
  #silence: NodeJS.Timeout | undefined;

  constructor(launch: TrainerLaunch, start: TrainerStart) {
    this.#start = start;
    this.#log = createWriteStream(join(start.run_dir, 'trainer.log'), { flags: 'a', mode: 0o600 });
    this.#child = spawn(launch.python, ['-m', 'pipeline_trainer', 'run', ...argumentsOf(launch, start)], {
      cwd: start.run_dir,
      env: trainerEnvironment(launch.env, launch.trainerDir),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.identity = this.#identify();
    this.exited = this.#watch();
    this.#log.on('error', (error) => start.onLog(`trainer.log cannot be written: ${error.message}`));
    this.#readStreams();
  }

  send(command: TrainerCommand): boolean {
    const input = this.#child.stdin;
    if (!input?.writable || this.#child.exitCode !== null) return false;
    input.write(`${JSON.stringify(command)}\n`);
    return true;
  }

  letGo(): void {
    this.#child.stdin?.end();
  }

  kill(): Promise<void> {
    return endChild(this.#child, KILL_PATIENCE_MS);
  }

  async #identify(): Promise<ProcessIdentity> {
    const pid = this.#child.pid;
    return pid === undefined ? { pid: 0, process_started_at: 'unknown', boot_id: 'unknown' } : identify(pid);
  }

  #readStreams(): void {
    const { onLine, onLog, onOverlong } = this.#start;
    const events = new LineSplitter({ onLine, onOverlong });
    const log = new LineSplitter({ onLine: onLog, limit: LOG_LINE_LIMIT });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#hear();
      events.push(chunk);
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#log.write(chunk);
      log.push(chunk);
    });
    // A trainer that died while we wrote to it is reported by its exit.
    this.#child.stdin?.on('error', (error) => onLog(`command not delivered: ${error.message}`));
    this.#hear();
  }

  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#start.onSilence(), SILENCE_MS);
    this.#silence.unref();
  }

  // `close` comes after both streams have been read to their end.
  #watch(): Promise<TrainerExit> {
    return new Promise((resolve) => {
      const end = (exit: TrainerExit) => {
        clearTimeout(this.#silence);
        this.#log.end();
        resolve(exit);
      };
      this.#child.once('error', (error) => {
        this.#start.onLog(`trainer did not start: ${error.message}`);
        end({ code: null, signal: null });
      });
      this.#child.once('close', (code, signal) => end({ code, signal }));
    });
  }
}
