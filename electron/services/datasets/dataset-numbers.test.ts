import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRunData } from '../jobs/run-data';
import type { RequestOptions } from '../trainer/serve-process';
import { AppError } from '../../../src/lib/messages/app-error';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import { DatasetNumbers } from './dataset-numbers';
import { chat, jsonl, pair } from './import/testing';
import { ServiceBench } from './service-bench';

const SPREAD = { min: 1, median: 2, p95: 3, max: 3, histogram: { edges: [0, 3], counts: [2] } };
const STATS = {
  ...{ records: 2, total_tokens: 40, trained_tokens: 10, kept_tokens: 40, over_limit: 0 },
  cut_records: 0,
  ...{ lost_trained_tokens: 0, turns: 4, turn_tokens: 20, avg_tokens_per_turn: 5, ...SPREAD },
  ...{ lengths: [20, 20], problems_total: 0, problems: [], too_long_rows: [], max_length: 64 },
  ...{ template: { source: 'own', note: 'Its own.' }, methods: { tokens: 'Counted.' } },
};
const TOO_LONG = {
  ...{ index: 1, record_id: 'b', line: 2, tokens: 94, dropped_turns: 2 },
  ...{ lost_tokens: 30, lost_trained_tokens: 20, refused: false, sides: [] },
};
const SURVEY = {
  ...{ records: 2, conversations: 2, roles: { user: 2 }, turns: { ...SPREAD, mean: 2 }, characters: SPREAD },
  languages: { spoken: [], too_short: 2, uncertain: 0 },
  odd_characters: { right_to_left: 0, bidirectional_control: 0, control: 0, replacement: 0 },
  template_tokens: { records: 0, found: [], rows: [] },
  duplicates: { exact: 0, near: 0, groups_total: 0, unchecked: 0, groups: [] },
  leakage: { seed: 7, share: 0.5, train: 1, held_out: 1, records: 0, unchecked: 0, rows: [] },
  ...{ scaffolding: null, quality: null, methods: {} },
};

interface Asked {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly split: string | null;
}

let bench: ServiceBench;
let cacheDir: string;
/** Files of versions, each in the folder of its own. */
const keptNames = async (): Promise<string[]> =>
  (await readdir(join(cacheDir, 'data'), { recursive: true })).filter((name) => name.endsWith('.json'));

beforeEach(async () => {
  bench = await ServiceBench.create();
  cacheDir = await mkdtemp(join(tmpdir(), 'numbers-'));
});
afterEach(() => bench.remove());

/** The service over a helper that is scripted, and a dataset to ask about. */
const setUp = async (answer?: (options: RequestOptions) => Promise<unknown>) => {
  const datasets = await bench.service();
  const [outcome] = await datasets.import([await bench.file(jsonl(chat('a?', 'a'), chat('b?', 'b')))]);
  const id = outcome?.dataset.id ?? '';
  await bench.makeJob(id);
  const repositories = await bench.repositories();
  const [model] = await repositories.baseModels.list();
  if (!model) throw new Error('no model');
  const asked: Asked[] = [];
  const numbers = new DatasetNumbers({
    repositories,
    cacheDir,
    publisher: { publish: (name, payload) => bench.published.push({ name, payload }) },
    dataset: (wanted) => datasets.get(wanted),
    currentVersion: (wanted) => datasets.currentVersion(wanted),
    baseModel: () => Promise.resolve(model),
    makeData: makeRunData,
    request: async (method, params, options) => {
      const { split } = params;
      asked.push({ method, params, split: typeof split === 'string' ? await readFile(split, 'utf8') : null });
      options?.onProgress?.({ done: 1, total: 2 });
      if (answer) return answer(options ?? {});
      return method === 'stats' ? STATS : SURVEY;
    },
  });
  return { numbers, asked, id, ask: { id, base_model_id: model.id, max_length: 64 }, datasets, model };
};

describe('the numbers of a dataset', () => {
  it('are asked for once for each version, model and length, and fill the columns', async () => {
    const { numbers, asked, ask, id, datasets } = await setUp();
    expect(await numbers.stats(ask)).toEqual(STATS);
    expect(await numbers.stats(ask)).toEqual(STATS);
    await numbers.stats({ ...ask, max_length: 128 });
    expect(asked.map(({ params }) => params['max_length'])).toEqual([64, 128]);
    expect(asked[0]?.params).toMatchObject({ cache_dir: cacheDir, format: 'chat', loss_scope: 'auto' });
    expect(await datasets.get(id)).toMatchObject({ total_tokens: 40, avg_tokens_per_turn: 5 });
    expect(bench.changes().at(-1)).toMatchObject({ total_tokens: 40 });
  });

  it('name the records over a limit by the count of the tokens, which is made once for both', async () => {
    const stats = { ...STATS, over_limit: 1, cut_records: 1, too_long_rows: [TOO_LONG] };
    const { numbers, asked, ask, id, datasets } = await setUp(() => Promise.resolve(stats));
    const found = {
      ids: ['b'],
      indexes: [1],
      lost_tokens: [30],
      refused: [false],
      over: [true],
      truncated: false,
    };
    expect(await Promise.all([numbers.overLimit(ask), numbers.stats(ask), numbers.overLimit(ask)])).toEqual([
      found,
      stats,
      found,
    ]);
    expect(await numbers.overLimit(ask)).toEqual(found);
    expect(asked.map(({ method }) => method)).toEqual(['stats']);
    await numbers.overLimit({ ...ask, max_length: 128 });
    expect(asked).toHaveLength(2);
    const [first] = (await datasets.records({ id, offset: 0, limit: 1 })).records;
    const exclude = [first?.record.id ?? ''];
    await datasets.versions.edit(id, { exclude, include: [], fixes: [] });
    await numbers.overLimit({ ...ask, max_length: 128 });
    expect(asked.map(({ method }) => method)).toEqual(['stats', 'stats', 'stats']);
  });

  it('are counted before the helper names more records over a limit than they list, and then once', async () => {
    const found = { ids: ['a', 'b'], indexes: [0, 1], lost_tokens: [8, 30], truncated: false };
    const answers = [{ ...STATS, over_limit: 2, cut_records: 2, too_long_rows: [TOO_LONG] }, found];
    const { numbers, asked, ask } = await setUp(() => Promise.resolve(answers.shift()));
    expect(await Promise.all([numbers.overLimit(ask), numbers.overLimit(ask)])).toEqual([found, found]);
    expect(await numbers.overLimit(ask)).toEqual(found);
    expect(asked.map(({ method }) => method)).toEqual(['stats', 'over_limit']);
  });

  it('name what is refused at any length as well, which no list of the long ones has', async () => {
    const found = { ids: ['b'], indexes: [1], refused: [true], over: [false], truncated: false };
    const problem = { index: 1, line: 2, path: null, record_id: 'b', type: 'template_refused' };
    const words = { severity: 'error', error: 'It cannot be written.', suggestion: null };
    const answers = [{ ...STATS, problems_total: 1, problems: [{ ...problem, ...words }] }, found];
    const { numbers, asked, ask } = await setUp(() => Promise.resolve(answers.shift()));
    expect(await numbers.overLimit(ask)).toEqual(found);
    expect(asked.map(({ method }) => method)).toEqual(['stats', 'over_limit']);
  });

  it('are made anew where what was kept is broken', async () => {
    const { numbers, asked, ask } = await setUp();
    for (const broken of ['{"records":', '{"records":1}', '']) {
      await numbers.stats(ask);
      const [name] = await keptNames();
      await writeFile(join(cacheDir, 'data', name ?? ''), broken);
      expect(await numbers.stats(ask)).toEqual(STATS);
    }
    expect(asked).toHaveLength(4);
  });

  it('come with the split that a run would make, and leave no file of it', async () => {
    const { numbers, asked, id } = await setUp();
    expect(await numbers.survey({ id, seed: 7, share: 0.5, stratify: 'auto' })).toEqual(SURVEY);
    const split = SplitFile.parse(JSON.parse(asked[0]?.split ?? ''));
    expect(split).toMatchObject({ seed: 7, share: 0.5 });
    expect([split.train.length, split.held_out.length]).toEqual([1, 1]);
    expect((await keptNames()).filter((name) => name.includes('split'))).toEqual([]);
  });

  it('show the split of a run: who is held out, and how evenly the strata are divided', async () => {
    const { numbers } = await setUp();
    const datasets = await bench.service();
    const personas = ['anxious', 'calm'];
    const pairs = Array.from({ length: 40 }, (_, index) =>
      pair({
        id: `p${String(index)}`,
        conversation_id: `c${String(index)}`,
        current_user_input: `Question ${String(index)}?`,
        conversation_history: [],
        conversation_metadata: { client_persona: personas[index % 2] },
      }),
    );
    const [outcome] = await datasets.import([await bench.file(jsonl(...pairs), 'pairs.jsonl')]);
    const id = outcome?.dataset.id ?? '';
    const choice = { seed: 7, share: 0.2, stratify: 'auto' } as const;
    const split = await numbers.split({ id, ...choice });
    expect(split).toMatchObject({ ...choice, train: 32, held_out: 8 });
    expect(split.strata).toEqual([
      { kind: 'persona', value: 'anxious', train: 16, held_out: 4 },
      { kind: 'persona', value: 'calm', train: 16, held_out: 4 },
    ]);
    expect(split.rows).toHaveLength(8);
    expect(
      split.rows.every(
        ({ index, line, record_id }) => record_id === `p${String(index)}` && line === index + 1,
      ),
    ).toBe(true);
    expect(await numbers.split({ id, ...choice })).toEqual(split);
    expect((await numbers.split({ id, ...choice, seed: 8 })).rows).not.toEqual(split.rows);
  });

  it('say how far they are, and are asked for once by two at the same time', async () => {
    const { numbers, asked, ask, id } = await setUp();
    await Promise.all([numbers.stats(ask), numbers.stats(ask)]);
    expect(asked).toHaveLength(1);
    const news = bench.published.filter(({ name }) => name === 'datasets.measuring');
    expect(news.map(({ payload }) => payload)).toEqual([
      { dataset_id: id, kind: 'stats', done: 1, total: 2 },
    ]);
  });

  it('can be cancelled, and asked for again', async () => {
    const cancelled = new AppError({ code: 'cancelled', message: 'Cancelled.', hint: '' });
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { numbers, ask, id } = await setUp(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(cancelled));
          begin();
        }),
    );
    const waiting = numbers.stats(ask);
    await begun;
    numbers.cancel(id);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('cost nothing more where they cannot be kept', async () => {
    const { numbers, ask } = await setUp();
    await writeFile(join(cacheDir, 'data'), 'in the way');
    expect(await numbers.stats(ask)).toEqual(STATS);
  });

  it('need a version', async () => {
    const { numbers, datasets } = await setUp();
    const [outcome] = await datasets.import([await bench.file('nothing', 'none.jsonl')]);
    const id = outcome?.dataset.id ?? '';
    await expect(numbers.survey({ id, seed: 1, share: 0, stratify: 'auto' })).rejects.toMatchObject({
      code: 'dataset_not_ready',
    });
  });
});
