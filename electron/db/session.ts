import { dirname } from 'node:path';
import type SQLite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { ErrorPayload } from '../../src/lib/types/system';
import type { DatabaseRequest } from './async-repositories';
import { isBackupDue, makeBackup } from './backups';
import { exclusively } from './exclusive';
import { type MigrationOptions, migrateGuarded } from './migrate';
import { type ConnectionOptions, openConnection } from './open';
import { buildRepositories, type Repositories } from './repositories';
import { adoptOwner, ensureProfile } from './repositories/users';
import { folderUnusable, isRestored, restoreIfDamaged } from './restore';
import type { User } from './schema';
import { isBusy, namedFailure } from './sqlite-failure';

export type SessionOptions = ConnectionOptions & MigrationOptions;

type Methods = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

interface Opened {
  readonly db: SQLite.Database;
  readonly profile: User;
  readonly notice: ErrorPayload | null;
}

/** A file that cannot be opened as it is gives way to its newest copy. */
const openWhole = (options: SessionOptions): Opened => {
  const notice = restoreIfDamaged(options);
  const db = openConnection(options);
  try {
    migrateGuarded(db, options);
    if (isRestored(notice)) adoptOwner(drizzle(db), dirname(options.path));
    return { db, profile: ensureProfile(drizzle(db)), notice };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
};

/** One process at a time: two would both restore, migrate and make a profile. */
const openChecked = (options: SessionOptions): Opened => {
  try {
    return exclusively(options, { work: () => openWhole(options) });
  } catch (thrown) {
    if (thrown instanceof Error && 'syscall' in thrown) throw folderUnusable(options.path, thrown);
    throw namedFailure(thrown, options.path);
  }
};

/** An open database: one profile's repositories at a time, each call one transaction. */
export class DatabaseSession {
  readonly #db: SQLite.Database;
  readonly #options: SessionOptions;
  readonly #profile: User;
  readonly #bound = new Map<string, Repositories>();
  /** What had to be done to open the file, for the user. */
  readonly notice: ErrorPayload | null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { db, profile, notice } = openChecked(options);
    this.#db = db;
    this.#profile = profile;
    this.notice = notice;
  }

  /** A copy of the day, where there is none yet; another process may be making it. */
  backUpIfDue(): void {
    const { backupsDir } = this.#options;
    if (!isBackupDue(backupsDir)) return;
    try {
      exclusively(this.#options, { work: () => isBackupDue(backupsDir) && makeBackup(this.#db, backupsDir) });
    } catch (thrown) {
      throw namedFailure(thrown, this.#options.path);
    }
  }

  profile(): User {
    return this.#profile;
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
      if (!isBusy(thrown)) throw namedFailure(thrown, this.#options.path);
    }
    try {
      return transaction.immediate();
    } catch (thrown) {
      throw namedFailure(thrown, this.#options.path);
    }
  }

  close(): void {
    this.#db.close();
  }
}
