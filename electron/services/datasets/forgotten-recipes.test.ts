import { afterEach, beforeEach, expect, it } from 'vitest';
import { rawIn } from '../../db/testing';
import type { ImportOptions } from './dataset-imports';
import type { DatasetService } from './dataset-service';
import { ServiceBench } from './service-bench';

let bench: ServiceBench;
let service: DatasetService;
beforeEach(async () => {
  bench = await ServiceBench.create();
  service = await bench.service();
});
afterEach(() => bench.remove());

const ROWS =
  '{"q":" 1? ","a":"one","instruction":" x ","output":"y"}\n{"q":"2?","a":"two","instruction":"z","output":"y"}';

/** As a version has it that another release has made. */
const importOld = async (options: ImportOptions, recipe: object = {}): Promise<string> => {
  const [outcome] = await service.import([await bench.file(ROWS)], options);
  const db = rawIn(bench.dir);
  db.exec('DROP TRIGGER refuse_dataset_version_change');
  db.prepare('UPDATE dataset_versions SET recipe = ?').run(JSON.stringify(recipe));
  db.close();
  return outcome?.dataset.id ?? '';
};

const TRIM = { exclude: [], include: [], fixes: ['trim' as const] };

it('a version without a recipe is edited where a plain reading gives its records', async () => {
  const id = await importOld({});
  expect(await service.versions.preview(id, TRIM)).toMatchObject({ changed: 1, unchanged: 1 });
  await service.versions.edit(id, TRIM);
  expect(await service.versions.list(id)).toMatchObject([{ number: 2, fixes: ['trim'] }, {}]);
});

it('and refused where it was read with options that nobody kept', async () => {
  const id = await importOld({ mapping: { user: 'q', assistant: 'a' } });
  for (const attempt of [() => service.versions.preview(id, TRIM), () => service.versions.edit(id, TRIM)])
    await expect(attempt()).rejects.toMatchObject({ code: 'dataset_reading_forgotten' });
  expect(await service.versions.list(id)).toHaveLength(1);
});

it('one that was read by a column which no record has is edited as it was read', async () => {
  const mapping = { user: 'q', assistant: 'a' };
  const told = { mapping: { ...mapping, system: 'nowhere' }, exclude: [], fixes: [] };
  const id = await importOld({ mapping }, told);
  await service.versions.edit(id, TRIM);
  expect(await service.versions.list(id)).toMatchObject([{ number: 2, fixes: ['trim'] }, {}]);
});
