import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliBench } from '../testing';
import { A_NUMBER, textWith } from './matchers';

const SLOW = 240_000;
const WORDS = ['lamp', 'rope', 'gull', 'tide', 'bell', 'wind', 'rock', 'boat', 'wave', 'sand'];

/** Ten questions of 22 words, each its own; `more` makes them nearly the same. */
const data = (more: string): string =>
  WORDS.map((word) => {
    const question = Array.from({ length: 22 }, (_, index) => `${word}${String(index)}`).join(' ');
    const messages = [
      { role: 'user', content: `${question}${more}` },
      { role: 'assistant', content: `${word} ${more}` },
    ];
    return `${JSON.stringify({ messages })}\n`;
  }).join('');

let bench: CliBench;
beforeAll(async () => {
  bench = await CliBench.create();
  await bench.run('datasets', 'import', await bench.file('first.jsonl', data('')));
  await bench.run('datasets', 'import', await bench.file('near.jsonl', data(' again')));
  await bench.run('datasets', 'import', await bench.file('same.jsonl', data(' ')));
});
afterAll(() => bench.remove());

const run = (mixed: string, share = 0.3): string[] => [
  ...['--dataset', 'first', '--base-model', 'tiny', '--mix', mixed],
  ...['--set', `validation_share=${String(share)}`],
];

describe('near repeats across the datasets of a run', { timeout: SLOW }, () => {
  it('are told with an estimate, whatever the weights', async () => {
    const asked = await bench.run('estimate', ...run('near=2'), '--json');
    expect([asked.code, asked.err]).toEqual([0, '']);
    const [answer] = asked.documents();
    const leaks: unknown = Reflect.get(Object(answer), 'mixture_leaks');
    expect(leaks).toMatchObject({
      held_out: 6,
      unchecked: 0,
      first: { train: { line: A_NUMBER } },
    });
    const { out } = await bench.run('estimate', ...run('near=0.5'));
    expect(out).toMatch(
      /^\d of 6 held-out records (?:is|are) nearly like one of the training part\. The first: line \d+ of “(?:first|near)”, like line \d+ of “(?:first|near)”\./m,
    );
  });

  it('are told with a start', async () => {
    const { code, err } = await bench.run('train', ...run('near'), '--queue');
    expect([code, err]).toEqual([0, textWith('nearly like one of the training part. The first')]);
  });

  it('are none where questions that say the same are held together', async () => {
    const { out } = await bench.run('estimate', ...run('same'));
    expect(out).toContain('No held-out record is nearly like one of the training part.');
  });

  it('are not looked for in one dataset, nor where nothing is held out', async () => {
    const alone = await bench.run('estimate', '--dataset', 'first', '--base-model', 'tiny');
    const all = await bench.run('estimate', ...run('near', 0));
    expect(`${alone.out}${all.out}`).not.toContain('training part');
  });
});
