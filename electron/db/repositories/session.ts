import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';

export type Drizzle = BetterSQLite3Database;

/** What every repository is bound to: rows of another user can neither be read nor written. */
export interface Bound {
  readonly db: Drizzle;
  readonly userId: string;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export const nowIso = (): string => new Date().toISOString();
