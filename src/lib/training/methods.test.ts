import { expect, it } from 'vitest';
import { comparesAnswers, methodsFor } from './methods';

it('names the methods that learn from a kind of data', () => {
  expect(methodsFor('sft')).toEqual(['sft']);
  expect(methodsFor('text')).toEqual(['text']);
  expect(methodsFor('preference')).toEqual(['dpo', 'orpo']);
  expect(methodsFor('kto')).toEqual(['kto']);
});

it('tells comparing from imitating', () => {
  expect(comparesAnswers('text')).toBe(false);
  expect(comparesAnswers('dpo')).toBe(true);
});
