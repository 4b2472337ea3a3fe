import { spawn, type ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';
import { ErrorPayload } from '../../../src/lib/types/system';
import { trainerEnvironment } from './environment';
import { endChild } from './kill';
import { LineSplitter } from './line-splitter';
import type { OneShotOptions } from './one-shot';
import { findPython } from './runtime';

const IDLE_MS = 5 * 60_000;
const DEATHS_PER_REQUEST = 2;
const KILL_PATIENCE_MS = 2000;

interface Waiting {
  readonly line: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: (progress: Progress) => void;
  deaths: number;
}

const Progress = z.record(z.string(), z.unknown());
export type Progress = z.infer<typeof Progress>;

export interface RequestOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Aborted, it ends the request with `cancelled`. */
  readonly signal?: AbortSignal;
}

const cancelled = (): AppError =>
  new AppError({ code: 'cancelled', message: 'The request was cancelled.', hint: 'Ask again.' });

/** An answer has a result or an error; what has neither is news of work that goes on. */
const Reply = z.union([
  z.object({ id: z.int(), error: ErrorPayload }),
  z.object({ id: z.int(), progress: Progress }),
  z.looseObject({ id: z.int(), result: z.json() }),
]);

const parsedReply = (line: string): z.infer<typeof Reply> | null => {
  try {
    return Reply.safeParse(JSON.parse(line)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/** The warm helper for previews and statistics: started when needed, replaced when it dies, ended when idle. */
export class ServeProcess {
  readonly #options: OneShotOptions;
  readonly #idle_ms: number;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;

  constructor(options: OneShotOptions & { readonly idle_ms?: number }) {
    this.#options = options;
    this.#idle_ms = options.idle_ms ?? IDLE_MS;
  }

  /** Asks the helper; `method` and `params` are the trainer's words. */
  request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    { onProgress = () => undefined, signal }: RequestOptions = {},
  ): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(cancelled());
    const id = this.#next++;
    clearTimeout(this.#idle);
    const cancel = () => this.#cancel(id);
    signal?.addEventListener('abort', cancel);
    const answered = new Promise((resolve, reject) => {
      const line = `${JSON.stringify({ id, method, params })}\n`;
      this.#waiting.set(id, { line, resolve, reject, onProgress, deaths: 0 });
      if (this.#child) this.#child.stdin?.write(line);
      else this.#ensure();
    });
    return answered.finally(() => signal?.removeEventListener('abort', cancel));
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    this.#failAll(
      new AppError({ code: 'helper_stopped', message: 'The helper was ended.', hint: 'Ask again.' }),
    );
    await this.#starting;
    const child = this.#child;
    this.#child = null;
    if (child) await endChild(child, KILL_PATIENCE_MS);
  }

  /** Who waits need not wait for the helper to notice. */
  #cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.reject(cancelled());
    this.#child?.stdin?.write(`${JSON.stringify({ id: this.#next++, method: 'cancel', params: { id } })}\n`);
    if (this.#waiting.size === 0) this.#rest();
  }

  #ensure(): void {
    this.#starting ??= this.#start()
      .catch((error: unknown) => this.#failAll(error))
      .finally(() => {
        this.#starting = null;
      });
  }

  async #start(): Promise<void> {
    const python = await findPython(this.#options);
    const child = spawn(python, ['-m', 'pipeline_trainer', 'serve'], {
      env: trainerEnvironment(this.#options.env, this.#options.trainerDir),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const lines = new LineSplitter({ onLine: (line) => this.#answer(line), limit: 64 * 1024 * 1024 });
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
    // Its end is handled by `close`; writing to a dead one must not end us.
    child.stdin.on('error', () => child.kill('SIGKILL'));
    child.once('error', (error) => this.#failAll(error));
    child.once('close', () => this.#died(child));
    this.#child = child;
    for (const { line } of this.#waiting.values()) child.stdin.write(line);
  }

  #answer(line: string): void {
    const reply = parsedReply(line);
    const waiting = reply ? this.#waiting.get(reply.id) : undefined;
    if (!reply || !waiting) return;
    if ('progress' in reply) {
      waiting.onProgress(Progress.parse(reply.progress));
      return;
    }
    this.#waiting.delete(reply.id);
    if ('result' in reply) waiting.resolve(reply.result);
    else waiting.reject(new AppError(reply.error));
    if (this.#waiting.size === 0) this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#child?.stdin?.end(), this.#idle_ms);
    this.#idle.unref();
  }

  // A request that killed the helper twice would kill it for ever.
  #died(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    for (const [id, waiting] of this.#waiting) {
      waiting.deaths += 1;
      if (waiting.deaths < DEATHS_PER_REQUEST) continue;
      this.#waiting.delete(id);
      waiting.reject(
        new AppError({
          code: 'helper_died',
          message: 'The helper died twice on this request.',
          hint: 'See the log.',
        }),
      );
    }
    if (this.#waiting.size > 0) this.#ensure();
  }

  #failAll(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
