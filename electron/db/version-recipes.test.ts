import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANY_PROBLEM } from '../../src/lib/types/dataset-records';
import { addDataset, addJob, editedMigrations, openIn, rawIn, SHA } from './testing';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recipes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const REPORT = { shape: 'D', usable_records: 10 };

/** A database as the version before this one left it, with a dataset of two versions. */
const fillOld = async (): Promise<string> => {
  const old = await editedMigrations(join(folder, 'old'), ({ entries, ...rest }) => ({
    ...rest,
    entries: entries.slice(0, 4),
  }));
  const added = [
    '0004_version_recipes',
    '0005_export_owner',
    '0006_attempt_receipt',
    '0007_version_files',
    '0008_problems_of_record',
  ];
  for (const later of added) rmSync(join(old, `${later}.sql`));
  const session = openIn(folder, old);
  const user_id = session.profile().id;
  session.close();
  const db = rawIn(folder);
  const id = '00000000-0000-4000-8000-000000000001';
  db.prepare(
    `INSERT INTO datasets (id, user_id, name, storage_path, file_name, file_size, kind, total_training_pairs, report, validation_errors, status)
     VALUES (?, ?, 'Old', 'a/b', 'b', 1, 'kto', 9, ?, '[]', 'ready')`,
  ).run(id, user_id, JSON.stringify(REPORT));
  const version = db.prepare(
    `INSERT INTO dataset_versions (dataset_id, number, sha256, path, records, size_bytes) VALUES (?, ?, ?, 'a/b', 10, 3)`,
  );
  version.run(id, 1, SHA);
  version.run(id, 2, 'b'.repeat(64));
  db.close();
  return id;
};

describe('versions from before recipes were kept', () => {
  it('have an empty one, the newest is current, and it knows the columns of its dataset', async () => {
    const id = await fillOld();
    const before = rawIn(folder).prepare('SELECT updated_at, revision FROM datasets').get();
    const session = openIn(folder);
    const { datasetVersions } = session.forUser(session.profile().id);
    const current = datasetVersions.current(id);
    expect(current?.number).toBe(2);
    expect(datasetVersions.recipe(current?.id ?? '')).toEqual({});
    expect(datasetVersions.summary(current?.id ?? '')).toMatchObject({
      kind: 'kto',
      total_training_pairs: 9,
      sample_data: null,
      validation_errors: [],
      report: REPORT,
      file_name: 'b',
      file_size: 1,
    });
    const [newest, oldest] = datasetVersions.described(id);
    expect(newest).toMatchObject({ number: 2, is_current: true, excluded: 0, fixes: [], file_name: 'b' });
    expect(oldest).toMatchObject({ number: 1, is_current: false });
    expect(datasetVersions.summary(oldest?.id ?? '')).toBeNull();
    expect(rawIn(folder).prepare('SELECT updated_at, revision FROM datasets').get()).toEqual(before);
    session.close();
  });
});

describe('a change of the current version', () => {
  const NOTHING = { changes: {}, problems: [] };

  it('is refused where another came first, and the same content is the version that is there', () => {
    const session = openIn(folder);
    const { datasetEditions, datasetVersions, datasets } = session.forUser(session.profile().id);
    const { dataset, version } = addDataset(session.forUser(session.profile().id));
    const { id: _, ...content } = version;
    const other = { ...content, sha256: 'b'.repeat(64), recipe: { exclude: ['x', 'y'], fixes: ['trim'] } };
    expect(datasetEditions.adopt(other, { ...NOTHING, baseId: version.id })).toMatchObject({
      id: dataset.id,
      current_version_id: datasetVersions.current(dataset.id)?.id,
    });
    expect(datasetVersions.described(dataset.id)).toMatchObject([
      { number: 2, is_current: true, excluded: 2, fixes: ['trim'] },
      { number: 1, is_current: false },
    ]);
    expect(datasetEditions.adopt(other, { ...NOTHING, baseId: version.id })).toBeNull();
    const baseId = datasetVersions.current(dataset.id)?.id ?? '';
    datasetEditions.adopt(content, { ...NOTHING, baseId });
    expect(datasetVersions.list(dataset.id)).toHaveLength(2);
    expect(datasetVersions.current(dataset.id)?.number).toBe(1);
    expect(datasetEditions.use(baseId, NOTHING)?.current_version_id).toBe(baseId);
    expect(datasets.purge(dataset.id)).toBe(true);
    expect(datasetVersions.list(dataset.id)).toEqual([]);
    session.close();
  });

  it('is told with the jobs that were started on it', () => {
    const session = openIn(folder);
    const { dataset, job } = addJob(session.forUser(session.profile().id));
    const { datasetVersions } = session.forUser(session.profile().id);
    expect(datasetVersions.described(dataset.id)).toMatchObject([{ number: 1, runs: [job.id] }]);
    session.close();
  });

  it('is only for one’s own datasets', () => {
    const session = openIn(folder);
    const { dataset, version } = addDataset(session.forUser(session.profile().id));
    const stranger = session.forUser('00000000-0000-4000-8000-000000000002');
    expect(stranger.datasetEditions.use(version.id, NOTHING)).toBeNull();
    expect(stranger.datasetEditions.adopt(version, { ...NOTHING, baseId: version.id })).toBeNull();
    expect(stranger.datasetVersions.recipe(version.id)).toBeNull();
    expect(stranger.datasetVersions.summary(version.id)).toBeNull();
    expect(stranger.datasetVersions.described(dataset.id)).toEqual([]);
    expect(stranger.datasetProblems.ofRecords(dataset.id, ANY_PROBLEM)).toEqual([]);
    session.close();
  });
});
