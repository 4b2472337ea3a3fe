import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveSettings } from '../../../src/lib/training/settings';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import { makeRunData } from '../jobs/run-data';
import { DatasetPacks } from './dataset-packs';
import { chat, jsonl } from './import/testing';
import { ServiceBench } from './service-bench';

const PACKS = { step: 1, budget: 64, packs_of_step: 1, packs: [] };

let bench: ServiceBench;
let cacheDir: string;
beforeEach(async () => {
  bench = await ServiceBench.create();
  cacheDir = await mkdtemp(join(tmpdir(), 'packs-'));
});
afterEach(() => bench.remove());

const setUp = async (device: 'cpu' | 'cuda') => {
  const datasets = await bench.service();
  const [outcome] = await datasets.import([await bench.file(jsonl(chat('a?', 'a'), chat('b?', 'b')))]);
  const id = outcome?.dataset.id ?? '';
  await bench.makeJob(id);
  const [model] = await (await bench.repositories()).baseModels.list();
  if (!model) throw new Error('no model');
  const asked: { method: string; params: Readonly<Record<string, unknown>> }[] = [];
  let splits = 0;
  const packs = new DatasetPacks({
    cacheDir,
    dataset: (wanted) => datasets.get(wanted),
    currentVersion: (wanted) => datasets.currentVersion(wanted),
    baseModel: () => Promise.resolve(model),
    settings: ({ changes }) =>
      Promise.resolve(
        resolveSettings({
          preset_id: 'balanced',
          changes,
          base_model_name: 'toy',
          device,
          model_max_length: null,
        }),
      ),
    machine: () => Promise.resolve({ device, cpu_bf16: false }),
    makeData: (request) => {
      splits += 1;
      return makeRunData(request);
    },
    request: (method, params) => {
      asked.push({ method, params });
      return Promise.resolve(PACKS);
    },
  });
  const ask = { id, index: 0, base_model_id: model.id, max_length: 64 };
  return { packs, ask, asked, splits: () => splits };
};

describe('where packing puts the borders', () => {
  it('is asked of the trainer by the split and the settings of a new run, the split made once', async () => {
    const { packs, ask, asked, splits } = await setUp('cuda');
    const both = [ask, { ...ask, index: 1 }];
    expect(await Promise.all(both.map((one) => packs.of(one)))).toEqual([PACKS, PACKS]);
    expect(splits()).toBe(1);
    expect(asked[0]).toMatchObject({
      method: 'packs',
      params: { where: 'cuda', max_length: 64, seed: 42, cache_dir: cacheDir, loss_scope: 'auto' },
    });
    const split = SplitFile.parse(JSON.parse(await readFile(String(asked[0]?.params['split']), 'utf8')));
    expect(split.train.length + split.held_out.length).toBe(2);
    expect(await readdir(join(cacheDir, 'data'), { recursive: true })).toHaveLength(2);
  });
});
