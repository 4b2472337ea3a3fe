import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DatasetStats, DatasetSurvey } from '../../../src/lib/types/dataset-numbers';
import { CliBench } from '../testing';

const MODEL = join(import.meta.dirname, '..', '..', '..', 'resources', 'models', 'smollm2-135m-instruct');
const SLOW = 240_000;

const LONG =
  'The keeper of the lighthouse knows every ship that comes into the harbour before the storm, and greets its crew ' +
  'by name while the lamp burns above the rocks. In the morning he writes into his book what the night has brought: ' +
  'two fishing boats, one steamer from the north, a great many gulls, and no wreck. Then he climbs down the stairs, ' +
  'cleans the glass with an old cloth, drinks his tea, and sleeps until the evening bell calls him to work again.';
const line = (question: string, answer: string): string =>
  JSON.stringify({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  });

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
  const lines = [line('Who keeps it?', LONG), line('Who keeps that?', LONG), line('Two?', 'Two.')];
  await bench.run('datasets', 'import', await bench.file('lamp.jsonl', `${lines.join('\n')}\n`));
});
afterAll(() => bench.remove());

describe('datasets stats', () => {
  it(
    'gives programs {stats, survey} by the real tokenizer, and fills the columns',
    { timeout: SLOW },
    async () => {
      const { code, err, documents } = await bench.run(
        ...['datasets', 'stats', 'lamp', '--base-model', MODEL, '--max-length', '64', '--json'],
      );
      expect([code, err]).toEqual([0, '']);
      const [answer] = documents();
      const stats = DatasetStats.parse(Reflect.get(Object(answer), 'stats'));
      const survey = DatasetSurvey.parse(Reflect.get(Object(answer), 'survey'));
      expect(stats).toMatchObject({ records: 3, over_limit: 2, max_length: 64 });
      expect(survey).toMatchObject({ records: 3, duplicates: { exact: 0, near: 1 }, leakage: { seed: 42 } });
      const [shown] = (await bench.run('datasets', 'show', 'lamp', '--json')).documents();
      expect(shown).toMatchObject({
        total_tokens: stats.total_tokens,
        avg_tokens_per_turn: stats.avg_tokens_per_turn,
      });
    },
  );

  it('tells what is cut from what a run refuses', { timeout: SLOW }, async () => {
    const [early, late] = [line('Two?', 'Two.'), line('Who keeps it?', LONG)].map(
      (each) => z.object({ messages: z.array(z.unknown()) }).parse(JSON.parse(each)).messages,
    );
    const talk = JSON.stringify({ messages: [...(early ?? []), ...(late ?? [])] });
    const file = await bench.file('talk.jsonl', `${talk}\n${line('Who keeps it?', LONG)}\n`);
    await bench.run('datasets', 'import', file);
    const asked = ['datasets', 'stats', 'talk', '--base-model', MODEL, '--max-length', '64'];
    expect((await bench.run(...asked)).out).toMatch(
      /over 64 +2 records: 1 refused, 1 cut; cutting loses \d+ trained tokens\n/u,
    );
  });

  it('gives people a table and a histogram', { timeout: SLOW }, async () => {
    const { code, out } = await bench.run(
      ...['datasets', 'stats', 'lamp', '--base-model', MODEL, '--max-length', '64'],
    );
    expect(code).toBe(0);
    expect(out).toMatch(/over 64 +2 records: 2 refused\n/u);
    expect(out).toMatch(/duplicates +0 exact, 1 near, in 1 group/u);
    expect(out).toMatch(/languages +en 67 %, 1 too short to say/u);
    expect(out).toMatch(/ – +\d+ │█+/u);
  });

  it('wants a base model, and names one that is not there', async () => {
    expect((await bench.run('datasets', 'stats', 'lamp')).code).toBe(2);
    expect((await bench.run('datasets', 'stats', 'lamp', '--base-model', 'none')).code).toBe(3);
  });
});
