import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../testing';
import { A_LIST, A_TEXT, rowWith, textWith } from './matchers';

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
});
afterAll(() => bench.remove());

/** The beginning of a safetensors file with one small tensor. */
const weights = (): Buffer => {
  const header = JSON.stringify({ weight: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]);
};

const CONFIG = {
  model_type: 'llama',
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 32,
};

const modelFolder = async (name: string, parent = join(bench.dir, 'found')): Promise<string> => {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(CONFIG));
  await writeFile(join(folder, 'tokenizer.json'), '{}');
  await writeFile(join(folder, 'model.safetensors'), weights());
  return folder;
};

describe('base-models', () => {
  it('add, list, show and remove', async () => {
    const path = await modelFolder('one');
    const added = await bench.run('base-models', 'add', path, '--name', 'mine', '--json');
    expect([added.code, added.documents()]).toMatchObject([
      0,
      [{ name: 'mine', path, architecture: 'llama' }],
    ]);
    const listed = await bench.run('base-models', 'list', '--json');
    expect(listed.documents()).toMatchObject([[{ name: A_TEXT }, { name: A_TEXT }]]);
    expect((await bench.run('base-models', 'show', 'mine')).out).toContain(path);
    expect((await bench.run('base-models', 'remove', 'mine', '--json')).documents()).toMatchObject([
      { removed: true },
    ]);
    expect((await bench.run('base-models', 'show', 'mine')).code).toBe(3);
  });

  it('remove keeps the bundled one away until it is added again', async () => {
    const bundled = await modelFolder('smollm2-135m-instruct', join(bench.dir, 'models'));
    const names = async () => (await bench.run('base-models', 'list')).out;
    expect(await names()).toContain(bundled);
    expect((await bench.run('base-models', 'remove', 'smollm2-135m-instruct')).code).toBe(0);
    expect(await names()).not.toContain(bundled);
    const again = await bench.run('base-models', 'add', bundled, '--json');
    expect(again.documents()).toMatchObject([{ path: bundled, bundled: true }]);
    expect(await names()).toContain(bundled);
    expect((await bench.run('base-models', 'remove', 'smollm2-135m-instruct')).code).toBe(0);
  });

  it('refuses weights that could run code, and a folder that is not there', async () => {
    const path = await modelFolder('pickled');
    await writeFile(join(path, 'modeling.py'), '');
    const { code, documents } = await bench.run('base-models', 'add', path, '--json');
    expect([code, documents()]).toMatchObject([4, [{ error: { code: 'base_model_runs_code' } }]]);
    expect((await bench.run('base-models', 'add', '/nowhere')).code).toBe(3);
    expect((await bench.run('base-models', 'scan', '/nowhere')).code).toBe(3);
  });

  it('scan adds what it finds and says why not of the rest', async () => {
    const path = await modelFolder('two');
    const words = ['base-models', 'scan', join(bench.dir, 'found'), '--json'];
    const [found] = (await bench.run(...words)).documents();
    expect(found).toMatchObject({
      added: [{ name: 'one' }, { path }],
      refused: [{ path: textWith('pickled'), reason: A_TEXT }],
    });
    expect((await bench.run('base-models', 'scan')).code).toBe(2);
  });
});

describe('artifacts', () => {
  let id = '';
  beforeAll(async () => {
    const words = ['--dataset', 'Sample', '--base-model', 'tiny', '--name', 'plain', '--json'];
    const job: unknown = Reflect.get(Object((await bench.run('train', ...words)).documents().at(-1)), 'job');
    id = String(Reflect.get(Object(job), 'artifact_id'));
  });

  it('list, show and verify answer absolute paths', async () => {
    const inside = textWith(`^${join(bench.dir, 'storage', 'lora-models')}/`);
    const [shown] = (await bench.run('artifacts', 'show', id, '--json')).documents();
    expect(shown).toMatchObject({ id, storage_path: inside });
    expect([[shown]]).toMatchObject((await bench.run('artifacts', 'list', '--json')).documents());
    const { code, documents } = await bench.run('artifacts', 'verify', id, '--json');
    expect([code, documents()]).toMatchObject([0, [{ id, ok: true, files: [{ path: inside }, {}, {}, {}] }]]);
    expect((await bench.run('artifacts', 'show', id)).out).toMatch(/perplexity +7\.39 → 4\.48/);
    expect((await bench.run('artifacts', 'show', 'nothing')).code).toBe(3);
  });

  it('tell no verdict of two held-out records', async () => {
    expect((await bench.run('artifacts', 'show', id)).out).toMatch(
      /verdict +Lower on 2 records: too few to tell\. A verdict needs 20 held-out records or more/,
    );
  });

  it('name the version of the data that they learned from', async () => {
    const [shown] = (await bench.run('artifacts', 'show', id, '--json')).documents();
    expect(shown).toMatchObject({ datasets: [{ name: 'Sample', version_number: 1 }] });
    expect((await bench.run('artifacts', 'show', id)).out).toMatch(/dataset +Sample, version 1\n/);
  });

  it('are put away and brought back', async () => {
    const gone = await bench.run('artifacts', 'delete', id);
    expect(gone.out).toContain('artifacts restore');
    expect((await bench.run('artifacts', 'show', id)).code).toBe(3);
    expect((await bench.run('artifacts', 'list', '--deleted', '--json')).documents()).toMatchObject([
      [{ id }],
    ]);
    expect((await bench.run('artifacts', 'restore', id)).code).toBe(0);
    expect((await bench.run('artifacts', 'show', id)).code).toBe(0);
    expect((await bench.run('artifacts', 'restore', id)).code).toBe(3);
  });

  it('verify ends with 1 where a file was changed', async () => {
    const [shown] = (await bench.run('artifacts', 'show', id, '--json')).documents();
    const file = join(String(Reflect.get(Object(shown), 'storage_path')), 'training_log.jsonl');
    await writeFile(file, 'other', { flag: 'a' });
    const { code, documents } = await bench.run('artifacts', 'verify', id, '--json');
    expect([code, documents()]).toMatchObject([1, [{ error: { code: 'artifact_damaged' } }]]);
  });

  it('export answers path, files and verification; a ZIP gets a file in a folder', async () => {
    const words = ['--dataset', 'Sample', '--base-model', 'tiny', '--name', 'plain'];
    await bench.run('train', ...words);
    const [all] = (await bench.run('artifacts', 'list', '--json')).documents();
    const newest = String(Reflect.get(Object(Array.isArray(all) ? all[0] : null), 'id'));
    const outside = await mkdtemp(join(tmpdir(), 'exports ü '));
    const to = join(outside, 'out');
    const made = await bench.run('artifacts', 'export', newest, '--format', 'adapter', '--to', to, '--json');
    expect([made.code, made.documents()]).toMatchObject([
      0,
      [{ path: to, files: [{ name: A_TEXT, sha256: A_TEXT }], verification: { ok: true } }],
    ]);
    const zipped = await bench.run('artifacts', 'export', newest, '--format', 'zip', '--to', to, '--json');
    expect(zipped.documents()).toMatchObject([{ path: join(to, 'adapter.zip') }]);
    const named = await bench.run('artifacts', 'export', newest, '--to', join(outside, 'x.zip'), '--json');
    expect(named.documents()).toMatchObject([{ path: join(outside, 'x.zip') }]);
    for (const flags of [[], ['--format', 'gguf'], ['--format', 'gguf-adapter']]) {
      const path = join(outside, `x${flags.length}.gguf`);
      const gguf = await bench.run('artifacts', 'export', newest, ...flags, '--to', path);
      expect([gguf.code, gguf.out]).toMatchObject([0, textWith(`The export is in ${path}`)]);
      expect(gguf.out).toContain('Checked in llama.cpp b1: the logits differ by at most');
    }
    await mkdir(to);
    await writeFile(join(to, 'adapter.zip'), '');
    for (const format of ['adapter', 'zip']) {
      const taken = await bench.run('artifacts', 'export', newest, '--format', format, '--to', to, '--json');
      expect([taken.code, taken.documents()]).toMatchObject([
        4,
        [{ error: { code: 'export_target_exists' } }],
      ]);
    }
    for (const own of ['runs', 'pipeline.db-journal', 'rebuild-pending']) {
      const inside = join(bench.dir, own);
      const refused = await bench.run('artifacts', 'export', newest, '--format', 'adapter', '--to', inside);
      expect([refused.code, refused.err]).toEqual([4, textWith('keeps for itself')]);
    }
    await rm(outside, { recursive: true });
    expect((await bench.run('artifacts', 'export', newest)).err).toContain('--to is missing');
    expect((await bench.run('artifacts', 'export', newest, '--to', 'x', '--format', 'odd')).code).toBe(2);
  });

  it('generate asks adapter and base model', async () => {
    const words = ['generate', '--artifact', id, '--prompt', '-1?'];
    const { code, documents } = await bench.run(...words, '--compare', '--json');
    expect([code, documents()]).toEqual([
      0,
      [{ prompt: '-1?', answers: { base: 'from base', adapter: 'from adapter' } }],
    ]);
    expect((await bench.run(...words)).out).toBe('from adapter\n');
    const base = await bench.run('generate', '--base-model', 'tiny', '--prompt', 'Hi');
    expect([base.code, base.out]).toEqual([0, 'from base\n']);
    for (const wrong of [
      ['--seed', '1'],
      ['--temperature', 'hot'],
      ['--base-model', 'tiny'],
    ])
      expect((await bench.run(...words, ...wrong)).code).toBe(2);
    expect((await bench.run('generate', '--prompt', 'x', '--artifact', 'nothing')).code).toBe(3);
  });
});

describe('settings and doctor', () => {
  it('gets and sets, and refuses what is none', async () => {
    expect((await bench.run('settings', 'set', 'price_per_kwh', '0.3', '--json')).documents()).toMatchObject([
      { price_per_kwh: 0.3 },
    ]);
    expect((await bench.run('settings', 'get', 'price_per_kwh', '--json')).documents()).toEqual([
      { price_per_kwh: 0.3 },
    ]);
    expect((await bench.run('settings', 'get')).out).toContain('price_per_kwh');
    for (const words of [
      ['get', 'x'],
      ['set', 'x', '1'],
      ['set', 'currency', 'EURO'],
      ['set', 'theme'],
    ])
      expect((await bench.run('settings', ...words)).code).toBe(2);
  });

  it('doctor answers every check, and 1 where one fails', async () => {
    const { code, documents } = await bench.run('doctor', '--json');
    expect([code, documents()]).toMatchObject([1, [{ ok: false, checks: A_LIST }]]);
    const ids = ['gpus', 'driver', 'runtime', 'disk', 'model'].map((name) =>
      rowWith({ id: name, message: A_TEXT }),
    );
    expect(Reflect.get(Object(documents()[0]), 'checks')).toEqual(ids);
    expect((await bench.run('doctor')).out).toContain('✗ Runtime');
  });
});
