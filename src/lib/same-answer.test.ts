import { expect, it } from 'vitest';
import { SameAnswer } from './same-answer';

it('is loaded once for a question, anew for another, and anew after a failure', async () => {
  const loads: string[] = [];
  const answers = new SameAnswer<string>();
  const ask = (question: string, fails = false) =>
    answers.to(question, () => {
      loads.push(question);
      return fails ? Promise.reject(new Error('no')) : Promise.resolve(`${question}!`);
    });
  expect(await Promise.all([ask('a'), ask('a')])).toEqual(['a!', 'a!']);
  expect(await ask('a')).toBe('a!');
  expect(await ask('b')).toBe('b!');
  expect(await ask('a')).toBe('a!');
  await expect(ask('c', true)).rejects.toThrow('no');
  expect(await ask('c')).toBe('c!');
  expect(loads).toEqual(['a', 'b', 'a', 'c', 'c']);
});
