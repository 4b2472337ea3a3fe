import { mkdir, readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANY_PROBLEM } from '../../../src/lib/types/dataset-records';
import { importFile } from './import/import-file';
import { textWith } from './import/matchers';
import { chat, jsonl } from './import/testing';
import { ServiceBench } from './service-bench';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.create();
});
afterEach(() => bench.remove());

const many = Array.from({ length: 25 }, (_, index) =>
  chat(`question ${String(index)}`, index % 5 === 0 ? 'Special Ünit' : 'plain'),
);

describe('import', () => {
  it('keeps no sample of a record that would make the list of datasets heavy', async () => {
    const service = await bench.service();
    const turns = Array.from({ length: 10_000 }, (_, index) => chat(String(index), 'a').messages).flat();
    const [outcome] = await service.import([await bench.file(jsonl({ messages: turns }, chat('q', 'a')))]);
    expect(outcome?.dataset.sample_data).toMatchObject([{ id: 'record-2' }]);
  });

  it('goes from uploading over validating to ready, with the columns of E01', async () => {
    const service = await bench.service();
    const path = await bench.file(`${jsonl(...many)}\n{"messages":[]}`);
    const [outcome] = await service.import([path], { name: 'Mine' });
    expect(bench.changes().map(({ status }) => status)).toEqual(['uploading', 'validating', 'ready']);
    expect(outcome?.error).toBeNull();
    expect(outcome?.dataset).toMatchObject({
      name: 'Mine',
      file_name: 'data.jsonl',
      format: 'chat',
      kind: 'sft',
      training_ready: true,
      total_tokens: null,
      total_training_pairs: 23,
      total_validation_pairs: 2,
      avg_turns_per_conversation: 2,
      validated_at: '2026-01-02T03:04:05.678Z',
      report: { usable_records: 25, rejected_records: 1 },
    });
  });

  it('makes version 1, and the same file the current one', async () => {
    const service = await bench.service();
    const repositories = await bench.repositories();
    const dataset = await service.importSample();
    const version = await service.currentVersion(dataset.id);
    expect(version).toMatchObject({ records: 250 });
    expect(await repositories.datasetVersions.list(dataset.id)).toMatchObject([
      { number: 1, sha256: version?.sha256 },
    ]);
    expect(dataset.storage_path).toBe(`${dataset.user_id}/${dataset.id}/dataset.jsonl`);
    const current = await readFile(join(bench.bucketDir, dataset.storage_path), 'utf8');
    expect(await readFile(version?.path ?? '', 'utf8')).toBe(current);
  });

  it('keeps a dataset without usable records as an error, with its report, problems and raw lines', async () => {
    const service = await bench.service();
    const [outcome] = await service.import([await bench.file('{"messages":[]}\n{"messages":"x"}')]);
    const id = outcome?.dataset.id ?? '';
    expect(outcome?.dataset).toMatchObject({
      status: 'error',
      training_ready: false,
      report: { usable_records: 0 },
    });
    expect(outcome?.error).toMatchObject({ code: 'no_usable_records' });
    const wanted = { ...ANY_PROBLEM, type: 'invalid_type', offset: 0, limit: 10 } as const;
    expect(await service.problems({ id, ...wanted })).toMatchObject({
      total: 1,
      problems: [{ line: 2 }],
    });
    const place = { line: 2, path: '/messages', type: 'empty_value', error: '' } as const;
    expect(await service.originals.rawPart(id, place)).toMatchObject({ text: '{"messages":"x"}' });
    await expect(service.records({ id, offset: 0, limit: 1 })).rejects.toMatchObject({
      code: 'dataset_not_ready',
    });
  });

  it('keeps a missing file as an error that says so', async () => {
    const service = await bench.service();
    const [outcome] = await service.import([join(bench.dir, 'absent.jsonl')]);
    expect(outcome).toMatchObject({
      dataset: { status: 'error' },
      error: { code: 'no_usable_records', message: 'The file is not there.' },
    });
    expect(await bench.files()).toEqual([]);
  });

  it('says a full disk and leaves no file', async () => {
    const service = await bench.service(() =>
      Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    );
    const [outcome] = await service.import([await bench.file(jsonl(...many))]);
    expect(outcome).toMatchObject({ dataset: { status: 'error' }, error: { code: 'disk_full' } });
  });

  it('says why an import broke off in one sentence with one full stop', async () => {
    const service = await bench.service(() => Promise.reject(new Error('the thread could not answer.')));
    const [outcome] = await service.import([await bench.file(jsonl(...many))]);
    expect(outcome?.error?.message).toBe('The import broke off: the thread could not answer.');
  });

  it('imports several files one after another, and one bad file does not hold up the next', async () => {
    const service = await bench.service();
    const outcomes = await service.import([
      await bench.file('', 'a.jsonl'),
      await bench.file(jsonl(...many), 'b.jsonl'),
    ]);
    expect(outcomes.map(({ dataset }) => dataset.status)).toEqual(['error', 'ready']);
  });

  it('imports the sample once, with a tenth held out', async () => {
    const service = await bench.service();
    const first = await service.importSample();
    expect(first).toMatchObject({ status: 'ready', format: 'brightrun_lora_v4' });
    const held = first.total_validation_pairs ?? 0;
    expect(held / (held + (first.total_training_pairs ?? 0))).toBeCloseTo(0.1, 1);
    expect((await service.importSample()).id).toBe(first.id);
    expect(await service.list()).toHaveLength(1);
  });
});

describe('cancel and recovery', () => {
  it('leaves neither row nor files when an import is cancelled, and goes on with the next', async () => {
    const service = await bench.service((request, onProgress, signal) => {
      const slow = request.sourcePath.endsWith('slow.jsonl');
      return importFile(
        request,
        (progress) => {
          onProgress(progress);
          if (slow) void service.cancelImport(basename(request.datasetDir));
        },
        signal,
      );
    });
    const started = await service.startImport([
      await bench.file(jsonl(...many), 'slow.jsonl'),
      await bench.file(jsonl(...many), 'next.jsonl'),
    ]);
    const ids = started.map(({ dataset }) => dataset.id);
    const outcomes = await Promise.all(started.map(({ finished }) => finished));
    expect(outcomes.map((outcome) => outcome?.dataset.status ?? null)).toEqual([null, 'ready']);
    expect((await service.list()).map(({ id }) => id)).toEqual(ids.slice(1));
    expect((await bench.files()).filter((name) => name.includes(ids[0] ?? '-'))).toEqual([]);
    expect(bench.changes().filter(({ deleted_at }) => deleted_at !== null)).toHaveLength(1);
  });

  it('cancels an import that still waits for its turn', async () => {
    const service = await bench.service();
    const [first, second] = await service.startImport([
      await bench.file(jsonl(...many), 'a.jsonl'),
      await bench.file(jsonl(...many), 'b.jsonl'),
    ]);
    await service.cancelImport(second?.dataset.id ?? '');
    expect(await second?.finished).toBeNull();
    expect((await first?.finished)?.dataset.status).toBe('ready');
    expect(await service.list()).toHaveLength(1);
  });

  it('marks what a killed process left, sweeps its staging, and lets the living one be', async () => {
    const service = await bench.service();
    const repositories = await bench.repositories();
    const userDir = await bench.userDir();
    const stuck = await repositories.datasets.create({
      name: 'Stuck',
      file_name: 'a',
      file_size: 1,
      storage_path: 'x/1',
      status: 'validating',
    });
    const alive = await repositories.datasets.create({
      name: 'Alive',
      file_name: 'a',
      file_size: 1,
      storage_path: 'x/2',
      status: 'uploading',
    });
    await mkdir(join(userDir, stuck.id, '.staging-999999-dead'), { recursive: true });
    await mkdir(join(userDir, alive.id, `.staging-${String(process.ppid)}-alive`), {
      recursive: true,
    });
    await service.recover();
    expect(await service.get(stuck.id)).toMatchObject({
      status: 'error',
      report: { reason: textWith('interrupted') },
    });
    expect((await service.get(alive.id)).status).toBe('uploading');
    expect(await readdir(join(userDir, stuck.id))).toEqual([]);
  });

  it('tells of killed imports at the next command, and leaves living ones and all else', async () => {
    const service = await bench.service();
    const repositories = await bench.repositories();
    const userDir = await bench.userDir();
    const row = (name: string) =>
      repositories.datasets.create({
        name,
        file_name: 'a',
        file_size: 1,
        storage_path: name,
        status: 'validating',
      });
    const [dead, alive] = [await row('dead'), await row('alive')];
    await mkdir(join(userDir, dead.id, '.staging-999999-dead'), { recursive: true });
    await mkdir(join(userDir, alive.id, `.staging-${String(process.ppid)}-alive`), { recursive: true });
    await service.recoverImports();
    expect(await service.get(dead.id)).toMatchObject({
      status: 'error',
      report: { reason: textWith('interrupted') },
    });
    expect(await readdir(join(userDir, dead.id))).toEqual([]);
    expect((await service.get(alive.id)).status).toBe('validating');
    expect(await readdir(join(userDir, alive.id))).toHaveLength(1);
  });

  it('counts an import as alive until its row says how it ended, also for another process', async () => {
    const other = await bench.service();
    const service = await bench.service(async (...given) => {
      const result = await importFile(...given);
      await other.recoverImports();
      await other.recover();
      return result;
    });
    const [outcome] = await service.import([await bench.file(jsonl(...many))]);
    expect(outcome?.dataset.status).toBe('ready');
    expect(bench.changes().map(({ status }) => status)).toEqual(['uploading', 'validating', 'ready']);
    const folder = join(await bench.userDir(), outcome?.dataset.id ?? '');
    expect((await readdir(folder)).toSorted()).toEqual(['dataset.jsonl', 'versions']);
  });

  it('leaves no folder of an import that came to nothing', async () => {
    const service = await bench.service();
    await service.import([join(bench.dir, 'absent.jsonl')]);
    expect(await readdir(await bench.userDir())).toEqual([]);
  });

  it('interrupts no import that has ended since it was looked at', async () => {
    const service = await bench.service();
    const repositories = await bench.repositories();
    const [outcome] = await service.import([await bench.file(jsonl(...many))]);
    const { id = '' } = outcome?.dataset ?? {};
    expect(await repositories.datasets.updateUnfinished(id, { status: 'error' })).toBeNull();
    expect((await service.get(id)).status).toBe('ready');
    await repositories.datasets.update(id, { status: 'validating' });
    expect(await repositories.datasets.updateUnfinished(id, { status: 'error' })).toMatchObject({
      status: 'error',
    });
  });

  it('S03 sweeps what dead imports left that no row names, and nothing else', async () => {
    const service = await bench.service();
    const userDir = await bench.userDir();
    const alive = `.staging-${String(process.ppid)}-alive`;
    await mkdir(join(userDir, 'dead', '.staging-999999-dead', 'versions'), { recursive: true });
    await mkdir(join(userDir, 'living', alive), { recursive: true });
    await mkdir(join(userDir, 'kept', '.staging-999999-dead'), { recursive: true });
    await mkdir(join(userDir, 'kept', 'versions'));
    await mkdir(join(userDir, 'empty'));
    await service.recover();
    expect((await readdir(userDir)).toSorted()).toEqual(['empty', 'kept', 'living']);
    expect(await readdir(join(userDir, 'kept'))).toEqual(['versions']);
    expect(await readdir(join(userDir, 'living'))).toEqual([alive]);
  });

  it('marks unfinished imports when the program ends', async () => {
    const service = await bench.service();
    const started = await service.startImport([
      await bench.file(jsonl(...many), 'a.jsonl'),
      await bench.file(jsonl(...many), 'b.jsonl'),
    ]);
    await service.stop();
    const outcomes = await Promise.all(started.map(({ finished }) => finished));
    expect(outcomes.at(-1)).toMatchObject({
      error: { code: 'import_interrupted' },
      dataset: { status: 'error' },
    });
  });
});
