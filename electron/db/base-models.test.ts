import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { DatabaseSession } from './session';
import { addBaseModel, openNew, rawIn, SHA } from './testing';

let folder = '';
let session: DatabaseSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'base-models-'));
  session = openNew(folder);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

const hashesOf = (id: string): unknown => {
  const db = rawIn(folder);
  const text = z.string().parse(db.prepare('SELECT hashes FROM base_models WHERE id = ?').pluck().get(id));
  db.close();
  return JSON.parse(text);
};

it('the hashes of a base model are kept beside its fingerprint, and renewed with it', () => {
  const repositories = session.forUser(session.profile().id);
  const { id, ...known } = addBaseModel(repositories);
  const { user_id: _user, created_at: _created, revision: _revision, ...model } = known;
  expect(hashesOf(id)).toEqual({});
  expect(repositories.baseModels.upsert({ ...model, hashes: { 'config.json': SHA } }).id).toBe(id);
  expect(hashesOf(id)).toEqual({ 'config.json': SHA });
});
