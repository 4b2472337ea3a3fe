import { dirname } from 'node:path';
import type SQLite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { ErrorPayload } from '../../src/lib/types/system';
import type { DatabaseRequest } from './async-repositories';
import { backUpIfDue } from './backups';
import { type MigrationOptions, migrateGuarded } from './migrate';
import { type ConnectionOptions, openConnection } from './open';
import { buildRepositories, type Repositories } from './repositories';
import { adoptOwner, ensureProfile } from './repositories/users';
import { folderUnusable, isRestored, restoreIfDamaged } from './restore';
import type { User } from './schema';
import { isOutrun, namedFailure } from './sqlite-failure';

export type SessionOptions = ConnectionOptions & MigrationOptions;

type Methods = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

/** A file that cannot be opened as it is gives way to its newest copy; other failures are named. */
const openChecked = (options: SessionOptions): { db: SQLite.Database; notice: ErrorPayload | null } => {
  let db: SQLite.Database | null = null;
  try {
    const notice = restoreIfDamaged(options);
    db = openConnection(options);
    migrateGuarded(db, options);
    if (isRestored(notice)) adoptOwner(drizzle(db), dirname(options.path));
    return { db, notice };
  } catch (thrown) {
    db?.close();
    if (thrown instanceof Error && 'syscall' in thrown) throw folderUnusable(options.path, thrown);
    throw namedFailure(thrown);
  }
};

/** An open database: one profile's repositories at a time, each call one transaction. */
export class DatabaseSession {
  readonly #db: SQLite.Database;
  readonly #backupsDir: string;
  readonly #bound = new Map<string, Repositories>();
  /** What had to be done to open the file, for the user. */
  readonly notice: ErrorPayload | null;

  constructor(options: SessionOptions) {
    this.#backupsDir = options.backupsDir;
    const opened = openChecked(options);
    this.#db = opened.db;
    this.notice = opened.notice;
  }

  /** A copy of the day, where there is none yet. */
  backUpIfDue(): void {
    try {
      backUpIfDue(this.#db, this.#backupsDir);
    } catch (thrown) {
      throw namedFailure(thrown);
    }
  }

  profile(): User {
    return ensureProfile(drizzle(this.#db));
  }

  dataVersion(): number {
    return Number(this.#db.pragma('data_version', { simple: true }));
  }

  forUser(userId: string): Repositories {
    const known = this.#bound.get(userId);
    if (known) return known;
    const built = buildRepositories(drizzle(this.#db), userId);
    this.#bound.set(userId, built);
    return built;
  }

  run({ user_id, repository, method, args }: DatabaseRequest): unknown {
    const methods: Methods = this.forUser(user_id);
    const owner = Object.hasOwn(methods, repository) ? methods[repository] : undefined;
    const call = owner !== undefined && Object.hasOwn(owner, method) ? owner[method] : undefined;
    if (!call) throw new Error(`The database knows no ${repository}.${method}`);
    // The caller's type is derived from the very method that is called here.
    return this.#transact(() => call(...(args as never[])));
  }

  /**
   * Reads take no lock. SQLite never lets a transaction that has read wait for its first write, so
   * one that another process has outrun is rolled back and done again with the lock from its start.
   */
  #transact(work: () => unknown): unknown {
    const transaction = this.#db.transaction(work);
    try {
      return transaction();
    } catch (thrown) {
      if (!isOutrun(thrown)) throw namedFailure(thrown);
    }
    try {
      return transaction.immediate();
    } catch (thrown) {
      throw namedFailure(thrown);
    }
  }

  close(): void {
    this.#db.close();
  }
}
