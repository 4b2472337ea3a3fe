import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import { JobFile } from '../../../src/lib/types/run-folder';
import { writeRecipeFile } from '../../services/recipes/recipe-files';
import { CliBench, type Ended } from '../testing';
import { A_LIST, A_NUMBER, A_TEXT, textWith } from './matchers';

const DATA = `${JSON.stringify({
  messages: [
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Two.' },
  ],
})}\n`.repeat(4);
const RUN = ['--dataset', 'Sample', '--base-model', 'tiny'];

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
});
afterAll(() => bench.remove());

const fieldOf = (document: unknown, name: string): unknown => Reflect.get(Object(document), name);
const jobIn = (document: unknown): unknown => fieldOf(document, 'job');
const statusesOf = ({ documents }: Ended): unknown[] =>
  documents().flatMap((document) => fieldOf(jobIn(document), 'status') ?? []);
const seqsOf = ({ documents }: Ended): number[] =>
  documents().flatMap((document) => {
    const seq = fieldOf(document, 'seq');
    return typeof seq === 'number' ? [seq] : [];
  });
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('train', () => {
  it('streams the events unchanged between two job objects, and ends with 0', async () => {
    const ended = await bench.run('train', ...RUN, '--name', 'plain', '--json');
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(statusesOf(ended)).toEqual(['queued', 'completed']);
    expect(ended.documents().at(-1)).toMatchObject({
      event: 'job',
      job: { artifact_id: A_TEXT },
    });
    expect(seqsOf(ended)).toEqual(upTo(ended.documents().length - 2));
  });

  it('shows people stages, progress, time left and a chart on stderr, and the model on stdout', async () => {
    const { code, out, err } = await bench.run('train', ...RUN, '--name', 'plain');
    expect([code, out]).toEqual([0, textWith(/^Model [0-9a-f-]{36}\n$/u)]);
    for (const part of ['Loading the model', 'tokens/s', 'left', '· training loss', 'is completed'])
      expect(err).toContain(part);
  });

  it('imports a file first', async () => {
    const file = await bench.file('own.jsonl', DATA);
    const ended = await bench.run(
      'train',
      '--dataset',
      file,
      '--base-model',
      'tiny',
      '--name',
      'plain',
      '--json',
    );
    expect([ended.code, statusesOf(ended).at(-1)]).toEqual([0, 'completed']);
  });

  it('mixes datasets by weight into one run, which keeps what it was made of', async () => {
    const own = await CliBench.create();
    const file = await own.file('other.jsonl', DATA.replaceAll('One?', 'Three?'));
    const mixed = ['--mix', `${file}=2.5`, '--weight', '0.5', '--set', 'validation_share=0.1'];
    const ended = await own.run('train', ...RUN, ...mixed, '--name', 'plain', '--json');
    expect([ended.code, ended.err]).toEqual([0, '']);
    const world = await own.world();
    const [job] = await world.repositories.jobs.list();
    const kept = await world.jobs.datasets(job?.id ?? '');
    const read = (name: string) => readFile(join(world.jobs.runDir(job?.id ?? ''), name), 'utf8');
    const { dataset } = JobFile.parse(JSON.parse(await read('job.json')));
    const { train, held_out } = SplitFile.parse(JSON.parse(await read('split.json')));
    await world.close();
    expect(kept.map(({ name, weight }) => [name, weight])).toEqual([
      ['Sample', 0.5],
      ['other', 2.5],
    ]);
    expect(dataset).toMatchObject({
      name: 'Sample × 0.5 + other × 2.5',
      sources: kept.map(({ version_number: _, ...source }) => source),
    });
    const [ofSample, ofOther] = ['0/', '1/'].map((begin) => train.filter((id) => id.startsWith(begin)));
    expect(new Set(ofSample).size).toBe(ofSample?.length);
    expect(new Set(ofOther).size).toBeLessThan(ofOther?.length ?? 0);
    expect(dataset.records).toBe(train.length + held_out.length);
    await own.remove();
  });

  it.each([
    [['--mix', 'Sample'], 'named twice'],
    [['--mix', 'nothing'], 'nothing'],
    [['--mix', 'Sample=1000'], 'between 0.01 and 100'],
    [['--weight', '2'], 'beside --mix'],
  ])('refuses %j with the reason, before anything is made', async (words, reason) => {
    const { code, err } = await bench.run('train', ...RUN, ...words, '--queue');
    expect([code > 1, err]).toEqual([true, expect.stringContaining(reason)]);
  });

  it('trains nothing from a file without usable records, and ends with 1', async () => {
    const own = await CliBench.create();
    const file = await own.file('none.jsonl', '{"x":1}\n');
    const { code, documents } = await own.run('train', '--dataset', file, '--base-model', 'tiny', '--json');
    expect([code, documents()]).toMatchObject([1, [{ error: { code: 'no_usable_records' } }]]);
    await own.remove();
  });

  it.each([
    ['oom', 1, 'failed'],
    ['crash', 1, 'failed'],
    ['sigkill', 75, 'interrupted'],
  ])('a run that goes “%s” ends with %i', async (name, code, status) => {
    const ended = await bench.run('train', ...RUN, '--name', name, '--json');
    expect([ended.code, statusesOf(ended).at(-1)]).toEqual([code, status]);
    expect(seqsOf(ended)).toEqual(upTo(ended.documents().length - 2));
  });

  it('says once why it has failed and what to do, as does a worked queue', async () => {
    const here = await bench.run('train', ...RUN, '--name', 'oom');
    await bench.run('train', ...RUN, '--name', 'oom', '--queue');
    const queued = await bench.run('jobs', 'run');
    for (const { out, err } of [here, queued]) {
      expect(err.split('No memory.')).toHaveLength(2);
      expect(err.split('Smaller batch.')).toHaveLength(2);
      expect(out).not.toContain('No memory.');
    }
  });

  it('--queue returns at once', async () => {
    const ended = await bench.run('train', ...RUN, '--name', 'later', '--queue', '--json');
    expect([ended.code, statusesOf(ended)]).toEqual([0, ['queued']]);
    await bench.run('jobs', 'cancel', 'later');
  });

  it('takes a settings file, and the words of the command line before it', async () => {
    const config = await bench.file(
      'run.json',
      JSON.stringify({ dataset: 'Sample', base_model: 'tiny', name: 'plain', max_steps: 9, seed: 1 }),
    );
    const ended = await bench.run(
      'train',
      '--config',
      config,
      '--set',
      'seed=2',
      '--queue',
      '--json',
      '--name',
      'c',
    );
    expect(jobIn(ended.documents()[0])).toMatchObject({ hyperparameters: { max_steps: 9, seed: 2 } });
    await bench.run('jobs', 'cancel', 'c');
  });

  it('takes the file that “Save as recipe” writes', async () => {
    const changes = { lora_rank: 4, max_steps: 9, target_modules: ['q_proj', 'v_proj'], max_hours: 1.5 };
    const file = join(bench.dir, 'saved ü.json');
    await writeRecipeFile(file, { preset: 'conservative', changes });
    const words = ['--config', file, '--queue', '--json', '--name', 'saved'];
    const ended = await bench.run('train', ...RUN, ...words);
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(jobIn(ended.documents()[0])).toMatchObject({
      preset_id: 'conservative',
      hyperparameters: { ...changes, num_epochs: 3, learning_rate: 1e-4 },
    });
    await bench.run('jobs', 'cancel', 'saved');
  });

  it('refuses a settings file with 2, the key and its range', async () => {
    const file = await bench.file('wrong.json', '{"settings":{"lora_rank":1000}}');
    const { code, err } = await bench.run('train', ...RUN, '--config', file);
    expect([code, err]).toEqual([2, textWith('wrong.json: lora_rank is 1000; it may be a whole number')]);
  });

  it.each([
    [['--set', 'nonsense=1'], '"nonsense" is not a setting'],
    [['--set', 'base_model=x'], 'base_model'],
    [['--set', 'lora_rank=1000'], 'lora_rank is 1000; it may be a whole number from 1 to 256'],
    [['--set', 'max_steps'], 'name=value'],
    [['--set', 'max_steps=5', 'num_epochs=2'], 'num_epochs has no effect'],
    [['--set', 'warmup_steps=5', 'warmup_ratio=0.1'], 'warmup_ratio has no effect'],
    [['--set', 'warmup_steps=999999999', 'max_steps=4'], 'the run has 4 steps'],
    [['--set', 'warmup_steps=999999999', 'num_epochs=1'], 'so its learning rate would never'],
    [['--set', 'max_hours=1e-300'], 'max_hours is 1e-300; it may be 0.02'],
    [['--set', 'early_stopping_patience=2', 'validation_share=0'], 'needs held-out records'],
    [['--set', 'max_length=100000'], 'at most 512'],
    [['--set', 'method=dpo'], 'does not learn from it'],
    [['--preset', 'wild'], '--preset'],
  ])('refuses %j with 2 and the reason', async (words, reason) => {
    const { code, err, out } = await bench.run('train', ...RUN, ...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(reason);
  });

  it('ends with 3 where dataset, base model or settings file are not there', async () => {
    expect((await bench.run('train', '--dataset', 'nothing', '--base-model', 'tiny')).code).toBe(3);
    expect((await bench.run('train', '--dataset', 'Sample', '--base-model', '/nowhere')).code).toBe(3);
    expect((await bench.run('train', ...RUN, '--config', join(bench.dir, 'no.json'))).code).toBe(3);
  });

  it('ends with 4 where it does not fit, and says what would make it fit', async () => {
    const words = ['--set', 'max_length=512', 'batch_size=64', 'lora_rank=256'];
    const world = await bench.world();
    const [model] = await world.repositories.baseModels.list();
    if (model) await world.repositories.baseModels.upsert({ ...model, parameters: 4e9 });
    await world.close();
    const refusal = [4, [{ error: { code: 'does_not_fit', hint: textWith('--force') } }]];
    const refused = async (...argv: string[]): Promise<void> => {
      const { code, documents } = await bench.run(...argv, '--json');
      expect([code, documents()]).toMatchObject(refusal);
    };
    const big = ['train', ...RUN, ...words, '--name', 'big'];
    await refused(...big);
    await refused(...big, '--queue');
    expect((await bench.run(...big, '--queue', '--force')).code).toBe(0);
    await bench.run('jobs', 'cancel', 'big');
    const told = await bench.run('estimate', ...RUN, ...words);
    expect(told.out).toMatch(/It does not fit\. The run needs ≈ .* of memory, and .* are free\./u);
    expect(told.out).toMatch(/What would make it fit: .|Choose a smaller base model/u);
    await refused('jobs', 'retry', 'big', '--queue');
    expect((await bench.run('jobs', 'retry', 'big', '--queue', '--force')).code).toBe(0);
  });
});

describe('estimate', () => {
  it('answers memory, time, disk and energy in one form each, and what would make it fit', async () => {
    const band = { low: A_NUMBER, expected: A_NUMBER, high: A_NUMBER };
    const unknown = { low: null, expected: null, high: null };
    const { code, documents } = await bench.run('estimate', ...RUN, '--set', 'max_steps=2', '--json');
    expect([code, documents()]).toMatchObject([
      0,
      [
        {
          memory: band,
          time: unknown,
          disk: band,
          energy: unknown,
          total_steps: 2,
          remedies: A_LIST,
        },
      ],
    ]);
    const { out } = await bench.run('estimate', ...RUN);
    expect(out).toMatch(/^memory/m);
    expect(out).toContain('Memory is told in GB of 2³⁰ bytes, disk in GB of 10⁹.');
    expect(out).toContain('± 10 % until a run was measured here.');
    expect((await bench.run('estimate', ...RUN, '--probe')).out).toContain('this machine');
    expect((await bench.run('estimate', ...RUN, '--set', 'x=1')).code).toBe(2);
    expect((await bench.run('estimate', '--dataset', 'Sample')).err).toContain('--base-model is missing');
  });
});

describe('lr-range', () => {
  it('answers the points and a suggestion that is told, never taken', async () => {
    const before = (await bench.run('jobs', 'list', '--json')).documents();
    const asked = await bench.run('lr-range', ...RUN, '--steps', '3', '--json');
    expect([asked.code, asked.documents()]).toMatchObject([
      0,
      [{ points: [{ learning_rate: 1e-6, loss: 3 }, {}, {}], suggestion: 0.0002, method: 'the method' }],
    ]);
    expect((await bench.run('lr-range', ...RUN)).out).toContain('--set learning_rate=2e-4');
    expect((await bench.run('lr-range', ...RUN, '--steps', '1')).out).toContain('the loss never fell');
    expect((await bench.run('lr-range', ...RUN, '--steps', '0')).code).toBe(2);
    expect((await bench.run('jobs', 'list', '--json')).documents()).toEqual(before);
  });
});
