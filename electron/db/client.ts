import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { AppError, toErrorPayload } from '../../src/lib/messages/app-error';
import { ErrorPayload } from '../../src/lib/types/system';
import { type AsyncRepositories, asyncRepositories, type DatabaseRequest } from './async-repositories';
import { DatabaseSession, type SessionOptions } from './session';

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
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

type Question = { kind: 'call'; request: DatabaseRequest } | { kind: 'profile' | 'data_version' | 'close' };

class WorkerDatabase implements Database {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended = false;

  constructor(workerUrl: URL, options: SessionOptions) {
    this.#worker = new Worker(workerUrl, { workerData: options });
    this.#worker.on('message', (raw) => this.#settle(raw));
    this.#worker.on('error', (cause: unknown) => this.#end(toErrorPayload(cause).message));
    this.#worker.on('exit', () => this.#end('its thread ended'));
  }

  opened(): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
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
    if (!this.#ended) await this.#ask({ kind: 'close' });
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

  #settle(raw: unknown): void {
    const reply = Reply.parse(raw);
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new AppError(reply.error));
  }

  #end(reason: string): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(databaseGone(reason));
    this.#waiting.clear();
  }
}

const databaseGone = (reason: string): AppError =>
  new AppError({
    code: 'database_gone',
    message: `The database does not answer: ${reason}.`,
    hint: 'Start Pipeline again. A running job goes on and its figures are read in then.',
  });

/** Opens the database on a thread of its own, so that a slow disk never stops the window. */
export const openDatabase = async (workerUrl: URL, options: SessionOptions): Promise<Database> => {
  const database = new WorkerDatabase(workerUrl, options);
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
  };
};
