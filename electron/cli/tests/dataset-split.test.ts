import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonl, pair } from '../../services/datasets/import/testing';
import { SplitFile } from '../../../src/lib/types/dataset-records';
import { SplitView } from '../../../src/lib/types/dataset-split';
import { TrainingJob } from '../../../src/lib/types/lora-training';
import { CliBench } from '../testing';
import { A_NUMBER, A_TEXT } from './matchers';

const TOPICS = ['rent', 'loans', 'taxes', 'travel', 'savings', 'insurance'];
const A_ROW = { index: A_NUMBER, record_id: A_TEXT, line: A_NUMBER };

const designed = Array.from({ length: 60 }, (_, index) =>
  pair({
    id: `p${String(index)}`,
    conversation_id: `c${String(index)}`,
    current_user_input: `Question ${String(index)}?`,
    conversation_history: [],
    conversation_metadata: {
      client_persona: index % 2 === 0 ? 'anxious' : 'calm',
      session_context: TOPICS[index % TOPICS.length],
    },
  }),
);

const plain = Array.from({ length: 20 }, (_, index) => ({
  messages: [
    { role: 'user', content: `Question ${String(index)}?` },
    { role: 'assistant', content: 'Yes.' },
  ],
}));

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
  await bench.run('datasets', 'import', await bench.file('many.jsonl', jsonl(...plain)));
  await bench.run('datasets', 'import', await bench.file('designed.jsonl', jsonl(...designed)));
});
afterAll(() => bench.remove());

/** The ids that a run of this dataset keeps as held out, in the order of its file. */
const heldOutByJob = async (...words: string[]): Promise<readonly string[]> => {
  const argv = ['train', '--dataset', 'designed', '--base-model', 'tiny', ...words, '--queue', '--json'];
  const { documents } = await bench.run(...argv);
  const job = TrainingJob.parse(Reflect.get(Object(documents()[0]), 'job'));
  const world = await bench.world();
  const kept = await readFile(join(world.jobs.runDir(job.id), 'split.json'), 'utf8');
  await world.close();
  return SplitFile.parse(JSON.parse(kept)).held_out;
};

const viewOf = async (...words: string[]): Promise<SplitView> =>
  SplitView.parse((await bench.run('datasets', 'split', 'designed', ...words, '--json')).documents()[0]);

const idsOf = ({ rows }: SplitView): readonly string[] => rows.map(({ record_id }) => record_id);

describe('datasets split', () => {
  it('shows which records a run would hold out, by any share and seed', async () => {
    const split = async (...words: string[]) =>
      (await bench.run('datasets', 'split', 'many', ...words, '--json')).documents()[0];
    expect(await split()).toMatchObject({ seed: 42, share: 0.1, train: 18, held_out: 2, strata: [] });
    expect(await split('--share', '0.2', '--seed', '7')).toMatchObject({
      ...{ seed: 7, share: 0.2, train: 16, held_out: 4 },
      rows: [A_ROW, A_ROW, A_ROW, A_ROW],
    });
    expect(await split('--share', '0')).toMatchObject({ train: 20, held_out: 0, rows: [] });
    const { out, err } = await bench.run('datasets', 'split', 'many', '--share', '0.2', '--seed', '7');
    expect(out).toMatch(/held out +4 \(20 % wanted, seed 7\)/);
    expect(out).toMatch(/held-out lines +\d+, \d+, \d+, \d+/);
    expect(err).toMatch(/--set validation_share=0.2 seed=7\n/);
    expect((await bench.run('datasets', 'split', 'many', '--share', '0.6')).code).toBe(2);
  });

  it('shows the very ids that a run holds out, spread over the strata or not', async () => {
    const spread = await viewOf();
    const unspread = await viewOf('--stratify', 'off');
    expect([spread.stratify, unspread.stratify]).toEqual(['auto', 'off']);
    expect(idsOf(spread)).not.toEqual(idsOf(unspread));
    expect(await heldOutByJob()).toEqual(idsOf(spread));
    expect(await heldOutByJob('--set', 'stratify=off')).toEqual(idsOf(unspread));
    const config = await bench.file('own.json', '{"settings":{"stratify":"off"}}');
    expect(await heldOutByJob('--config', config)).toEqual(idsOf(unspread));
  });

  it('names the setting that gives a run the same, where it has an effect', async () => {
    const { out, err } = await bench.run('datasets', 'split', 'designed', '--stratify', 'off');
    expect(out).toContain('not spread over persona, arc and topic');
    expect(err).toMatch(/--set validation_share=0.1 seed=42 stratify=off\n/);
    const none = await bench.run('datasets', 'split', 'designed', '--stratify', 'off', '--share', '0');
    expect(none.err).toMatch(/--set validation_share=0 seed=42\n/);
    expect((await bench.run('datasets', 'split', 'designed', '--stratify', 'persona')).code).toBe(2);
  });
});
