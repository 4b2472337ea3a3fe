import { and, asc, eq, isNull } from 'drizzle-orm';
import { job_requests, type JobRequestRow, type LeaseRow, queue_lease, settings } from '../schema';
import { refuseForeign } from './ownership';
import { type Bound, nowIso } from './session';

export type LeaseOwner = Pick<LeaseRow, 'owner_pid' | 'owner_started_at' | 'boot_id' | 'owner_kind'>;

/** Which process runs the queue. Whether its owner still lives is for the caller to find out. */
export const leaseRepository = ({ db }: Bound) => {
  const current = (): LeaseRow | null => db.select().from(queue_lease).get() ?? null;
  return {
    current,
    /** Takes the lease if it is free or held by `expected`; returns who holds it afterwards. */
    take: (owner: LeaseOwner, expected: LeaseOwner | null): LeaseRow | null => {
      const held = current();
      const free = held === null;
      const asExpected =
        held !== null &&
        expected !== null &&
        held.owner_pid === expected.owner_pid &&
        held.owner_started_at === expected.owner_started_at &&
        held.boot_id === expected.boot_id;
      if (!free && !asExpected) return held;
      db.delete(queue_lease).run();
      db.insert(queue_lease)
        .values({ ...owner, id: 1 })
        .run();
      return current();
    },
    release: (ownerPid: number): void => {
      db.delete(queue_lease).where(eq(queue_lease.owner_pid, ownerPid)).run();
    },
  };
};

export type NewRequest = Pick<JobRequestRow, 'job_id' | 'command' | 'payload'>;

/** Commands from a process that does not run the queue to the one that does. */
export const requestRepository = ({ db, userId }: Bound) => {
  const mine = eq(job_requests.user_id, userId);
  return {
    enqueue: (request: NewRequest): number => {
      refuseForeign({ db, userId }, { job: request.job_id });
      return db
        .insert(job_requests)
        .values({ ...request, user_id: userId })
        .returning({ id: job_requests.id })
        .get().id;
    },
    /** The waiting ones, marked as taken. */
    take: (): JobRequestRow[] => {
      const waiting = db
        .select()
        .from(job_requests)
        .where(and(mine, isNull(job_requests.taken_at)))
        .orderBy(asc(job_requests.id))
        .all();
      for (const { id } of waiting)
        db.update(job_requests).set({ taken_at: nowIso() }).where(eq(job_requests.id, id)).run();
      return waiting;
    },
    answer: (id: number, answer: Record<string, unknown>): void => {
      db.update(job_requests)
        .set({ answer, answered_at: nowIso() })
        .where(and(mine, eq(job_requests.id, id)))
        .run();
    },
    get: (id: number): JobRequestRow | null =>
      db
        .select()
        .from(job_requests)
        .where(and(mine, eq(job_requests.id, id)))
        .get() ?? null,
  };
};

export const settingsRepository = ({ db, userId }: Bound) => ({
  all: (): Record<string, unknown> =>
    Object.fromEntries(
      db
        .select()
        .from(settings)
        .where(eq(settings.user_id, userId))
        .all()
        .map(({ key, value }) => [key, value]),
    ),
  set: (key: string, value: unknown): void => {
    db.insert(settings)
      .values({ user_id: userId, key, value })
      .onConflictDoUpdate({ target: [settings.user_id, settings.key], set: { value, updated_at: nowIso() } })
      .run();
  },
  remove: (key: string): void => {
    db.delete(settings)
      .where(and(eq(settings.user_id, userId), eq(settings.key, key)))
      .run();
  },
});
