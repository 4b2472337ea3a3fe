import { expect, it } from 'vitest';
import { methodsFor } from './methods';

it('names the methods that learn from a kind of data', () => {
  expect(methodsFor('sft')).toEqual(['sft']);
  expect(methodsFor('text')).toEqual(['text']);
});
