import { sql } from 'drizzle-orm';
import { AppError } from '../../../src/lib/messages/app-error';
import { base_models, datasets, model_artifacts, training_jobs } from '../schema';
import type { Bound } from './session';

const TABLES = { dataset: datasets, job: training_jobs, 'base model': base_models, model: model_artifacts };
type Kind = keyof typeof TABLES;

export const foreign = (what: Kind): AppError =>
  new AppError({
    code: 'not_found',
    message: `The ${what} does not belong to this profile.`,
    hint: 'It may have been deleted: reload the list.',
  });

/** A foreign key only says that a row exists, not whose it is. */
export const refuseForeign = (
  { db, userId }: Bound,
  references: Readonly<Partial<Record<Kind, string | null>>>,
): void => {
  for (const kind of ['dataset', 'job', 'base model', 'model'] as const) {
    const id = references[kind] ?? null;
    if (id === null) continue;
    const owned = db.get(sql`SELECT 1 FROM ${TABLES[kind]} WHERE id = ${id} AND user_id = ${userId}`);
    if (owned === undefined) throw foreign(kind);
  }
};
