import { z } from 'zod';
import { and, asc, eq, isNull } from 'drizzle-orm';
import { BaseModel } from '../../../src/lib/types/base-model';
import { base_models, type BaseModelRow } from '../schema';
import { type Bound, nowIso } from './session';

export type NewBaseModel = Omit<BaseModel, 'id' | 'user_id' | 'created_at' | 'revision'> & {
  /** SHA-256 of each file that the fingerprint is made of. */
  readonly hashes?: Readonly<Record<string, string>>;
};

const Hashes = z.record(z.string(), z.string());

const fromRow = (row: BaseModelRow): BaseModel => {
  const { details, hashes: _hashes, updated_at: _updated, deleted_at: _deleted, ...columns } = row;
  return BaseModel.parse({ ...columns, ...details });
};

const toRow = (model: NewBaseModel) => {
  const { name, path, architecture, parameters, size_bytes, fingerprint, hashes = {}, ...details } = model;
  return { name, path, architecture, parameters, size_bytes, fingerprint, hashes: { ...hashes }, details };
};

export const baseModelRepository = ({ db, userId }: Bound) => {
  const own = (id: string) => and(eq(base_models.id, id), eq(base_models.user_id, userId));
  const at = (path: string) =>
    db
      .select({ id: base_models.id, revision: base_models.revision })
      .from(base_models)
      .where(and(eq(base_models.user_id, userId), eq(base_models.path, path)))
      .get();
  return {
    get: (id: string): BaseModel | null => {
      const row = db.select().from(base_models).where(own(id)).get();
      return row ? fromRow(row) : null;
    },
    hashes: (id: string): Readonly<Record<string, string>> | null => {
      const row = db
        .select({ hashes: base_models.hashes })
        .from(base_models)
        .where(and(own(id), isNull(base_models.deleted_at)))
        .get();
      const hashes = Hashes.safeParse(row?.hashes).data ?? {};
      return Object.keys(hashes).length === 0 ? null : hashes;
    },
    list: (): BaseModel[] =>
      db
        .select()
        .from(base_models)
        .where(and(eq(base_models.user_id, userId), isNull(base_models.deleted_at)))
        .orderBy(asc(base_models.name))
        .all()
        .map(fromRow),
    /** Whether there is a row of that folder, also one that was removed. */
    knows: (path: string): boolean => at(path) !== undefined,
    /** One row a folder; a folder added again is renewed and comes back from removal. */
    upsert: (model: NewBaseModel): BaseModel => {
      const row = toRow(model);
      const known = at(model.path);
      if (!known)
        return fromRow(
          db
            .insert(base_models)
            .values({ ...row, user_id: userId })
            .returning()
            .get(),
        );
      const renewed = { ...row, deleted_at: null, updated_at: nowIso(), revision: known.revision + 1 };
      return fromRow(db.update(base_models).set(renewed).where(own(known.id)).returning().get());
    },
    /** Kept as a row, because jobs and artifacts refer to it. */
    remove: (id: string): boolean =>
      db.update(base_models).set({ deleted_at: nowIso() }).where(own(id)).run().changes > 0,
  };
};
