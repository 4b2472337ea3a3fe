import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError, toErrorPayload } from '../../src/lib/messages/app-error';
import { ErrorPayload } from '../../src/lib/types/system';
import { type AsyncRepositories, asyncRepositories, type DatabaseRequest } from './async-repositories';
import { DatabaseSession, type SessionOptions } from './session';
import { OPENING, UNASKED } from './worker-answers';

const Reply = z.union([
  z.object({ id: z.number(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.number(), ok: z.literal(false), error: ErrorPayload }),
]);
const Profile = z.object({ id: z.string(), name: z.string(), created_at: z.string() });
type Profile = z.infer<typeof Profile>;

/** The database as services see it. */
export interface Database {
  profile(): Promise<Profile>;
  forUser(userId: string): AsyncRepositories;
  /** Rises when another process has written. */
  dataVersion(): Promise<number>;
  close(): Promise<void>;
  /** What had to be done to open a damaged file, for the user. */
  readonly notice: ErrorPayload | null;
}

type OnFailure = (failure: AppError) => void;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

type Question = { kind: 'call'; request: DatabaseRequest } | { kind: 'profile' | 'data_version' | 'close' };

/** A thread that keeps dying has a cause which another start does not remove. */
const MAX_RESTARTS = 3;

class WorkerDatabase implements Database {
  readonly #start: () => Worker;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker;
  #lastId = 0;
  #opened = false;
  #closing = false;
  #ended = false;
  #restarts = 0;
  readonly #onFailure: OnFailure;
  notice: ErrorPayload | null = null;

  constructor(workerUrl: URL, options: SessionOptions, onFailure: OnFailure) {
    this.#onFailure = onFailure;
    this.#start = () => new Worker(workerUrl, { workerData: options });
    this.#worker = this.#begin();
  }

  async opened(): Promise<void> {
    const notice = await new Promise((resolve, reject) => this.#waiting.set(OPENING, { resolve, reject }));
    this.notice = ErrorPayload.nullable().parse(notice);
  }

  async profile(): Promise<Profile> {
    return Profile.parse(await this.#ask({ kind: 'profile' }));
  }

  forUser(userId: string): AsyncRepositories {
    return asyncRepositories(userId, (request) => this.#ask({ kind: 'call', request }));
  }

  async dataVersion(): Promise<number> {
    return z.number().parse(await this.#ask({ kind: 'data_version' }));
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#closing = true;
    await this.#ask({ kind: 'close' });
  }

  #ask(question: Question): Promise<unknown> {
    if (this.#ended) return Promise.reject(databaseGone('it is closed'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...question });
    });
  }

  #begin(): Worker {
    const worker = this.#start();
    let reason = 'its thread ended';
    worker.on('message', (raw) => this.#settle(raw));
    worker.on('error', (cause: unknown) => {
      reason = toErrorPayload(cause).message;
    });
    worker.on('exit', () => this.#exited(reason));
    return worker;
  }

  #settle(raw: unknown): void {
    const reply = Reply.parse(raw);
    if (reply.id === OPENING && reply.ok) this.#opened = true;
    if (reply.id === UNASKED && !reply.ok) this.#onFailure(new AppError(reply.error));
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new AppError(reply.error));
  }

  /** What was asked may or may not have been done, so it is refused, never asked again. */
  #exited(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(databaseGone(reason));
    this.#waiting.clear();
    if (this.#closing || !this.#opened || this.#restarts >= MAX_RESTARTS) {
      this.#ended = true;
      return;
    }
    this.#restarts += 1;
    this.#opened = false;
    this.#worker = this.#begin();
  }
}

const databaseGone = (reason: string): AppError =>
  new AppError({
    code: 'database_gone',
    message: `The database does not answer: ${reason}.`,
    hint: 'Start Pipeline again. A running job goes on and its figures are read in then.',
  });

/** Opens the database on a thread of its own, so that a slow disk never stops the window. */
export const openDatabase = async (
  workerUrl: URL,
  options: SessionOptions,
  onFailure: OnFailure,
): Promise<Database> => {
  const database = new WorkerDatabase(workerUrl, options, onFailure);
  await database.opened();
  return database;
};

/** The same database in this thread, for tests and short tools. */
export const openDatabaseHere = (options: SessionOptions): Database => {
  const session = new DatabaseSession(options);
  const later = <Value>(work: () => Value): Promise<Value> => Promise.resolve().then(work);
  return {
    profile: () => later(() => session.profile()),
    forUser: (userId) => asyncRepositories(userId, (request) => later(() => session.run(request))),
    dataVersion: () => later(() => session.dataVersion()),
    close: () => later(() => session.close()),
    notice: session.notice,
  };
};
