import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asc, count } from 'drizzle-orm';
import { z } from 'zod';
import { type User, users } from '../schema';
import type { Drizzle } from './session';

const NAME = 'Local profile';

/** The one profile; made at first start. */
export const ensureProfile = (db: Drizzle): User => {
  const known = db.select().from(users).orderBy(asc(users.created_at)).limit(1).get();
  return known ?? db.insert(users).values({ name: NAME }).returning().get();
};

/** A database made anew beside stored files: its profile is the one that they belong to. */
export const adoptOwner = (db: Drizzle, dataDir: string): void => {
  if ((db.select({ n: count() }).from(users).get()?.n ?? 0) > 0) return;
  const id = ['lora-datasets', 'lora-models']
    .map((bucket) => join(dataDir, 'storage', bucket))
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .find((name) => z.uuid().safeParse(name).success);
  if (id !== undefined) db.insert(users).values({ id, name: NAME }).run();
};
