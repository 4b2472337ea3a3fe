import { asc } from 'drizzle-orm';
import { type User, users } from '../schema';
import type { Drizzle } from './session';

/** The one profile; made at first start. */
export const ensureProfile = (db: Drizzle): User => {
  const known = db.select().from(users).orderBy(asc(users.created_at)).limit(1).get();
  return known ?? db.insert(users).values({ name: 'Local profile' }).returning().get();
};
