import { cp, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ServiceBench } from '../datasets/service-bench';
import { BaseModelService } from './base-model-service';

const BUNDLED = join(import.meta.dirname, '..', '..', '..', 'resources', 'models', 'smollm2-135m-instruct');
const SMALL = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** A header with one weight of nothing. */
const WEIGHTS = (() => {
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [0], data_offsets: [0, 0] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header)]);
})();

let bench: ServiceBench;
let folder = '';
let service: BaseModelService;
let published: string[] = [];

beforeEach(async () => {
  bench = await ServiceBench.create();
  folder = await mkdtemp(join(tmpdir(), 'model ü '));
  for (const name of SMALL) await cp(join(BUNDLED, name), join(folder, name));
  await writeFile(join(folder, 'chat_template.jinja'), '{{ messages }}');
  await writeFile(join(folder, 'model.safetensors'), WEIGHTS);
  published = [];
  service = new BaseModelService({
    store: (await bench.repositories()).baseModels,
    publisher: { publish: (name) => published.push(name) },
    bundledDir: folder,
    now: () => '2026-01-02T03:04:05.678Z',
  });
});
afterEach(async () => {
  await bench.remove();
  await rm(folder, { recursive: true });
});

it('is the one that was added while its files are the same', async () => {
  const added = await service.add({ path: folder, name: 'Mine' });
  expect(await service.current(added.id)).toEqual(added);
  await utimes(join(folder, 'chat_template.jinja'), 1, 1);
  expect(await service.current(added.id)).toEqual(added);
  expect(published).toHaveLength(1);
});

it.each([
  [
    'a template that says something else',
    () => writeFile(join(folder, 'chat_template.jinja'), 'Hello. {{ messages }}'),
  ],
  ['a file that was not there', () => writeFile(join(folder, 'special_tokens_map.json'), '{}')],
  ['a file that is gone', () => rm(join(folder, 'chat_template.jinja'))],
])('is checked again, under its own name, for %s', async (_, change) => {
  const added = await service.add({ path: folder, name: 'Mine' });
  await change();
  const found = await service.current(added.id);
  expect(found).toMatchObject({ id: added.id, name: 'Mine' });
  expect(found.fingerprint).not.toBe(added.fingerprint);
  expect(await service.current(added.id)).toEqual(found);
  expect(published).toHaveLength(2);
});

it('stays what it was where its folder is gone, and out of the list where it was removed', async () => {
  const added = await service.add({ path: folder, name: 'Mine' });
  await service.remove(added.id);
  await writeFile(join(folder, 'chat_template.jinja'), 'Hello.');
  expect((await service.current(added.id)).fingerprint).toBe(added.fingerprint);
  expect(await service.list()).toEqual([]);
});
