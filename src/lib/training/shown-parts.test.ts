import { describe, expect, test } from 'vitest';
import type { RecordView } from '../types/record-view';
import { shownParts } from './shown-parts';

const view = (pieces: readonly string[], first: 'system' | 'user'): RecordView => ({
  messages: [
    { role: first, content: 'How deep is it?', trained: false },
    { role: 'assistant', content: 'Very.', trained: true },
  ],
  text: pieces.join(''),
  tokens: pieces.map((text, id) => ({ id, text, trained: false, cut: false })),
  turns: [
    { role: first, start: 0, end: pieces.length - 1, trained_tokens: 0, cut: false },
    { role: 'assistant', start: pieces.length - 1, end: pieces.length, trained_tokens: 1, cut: false },
  ],
  total_tokens: pieces.length,
  trained_tokens: 1,
  lost_tokens: 0,
  lost_trained_tokens: 0,
  dropped_turns: 0,
  template: { source: 'own', note: '' },
  max_length: 512,
});

const parts = (of: RecordView) => shownParts(of).map(({ role, start, end }) => [role, start, end]);

describe('the parts of a rendered record', () => {
  test('give the template’s own prompt a row of its own', () => {
    const pieces = [
      ...['<|im_start|>', 'system', '\n', 'You help.', '<|im_end|>', '\n'],
      ...['<|im_start|>', 'user', '\n', 'How deep', ' is it?', '<|im_end|>', 'Very.'],
    ];
    expect(parts(view(pieces, 'user'))).toEqual([
      ['template', 0, 6],
      ['user', 6, 12],
      ['assistant', 12, 13],
    ]);
  });

  test('leave a record that says all itself as it is', () => {
    const pieces = ['<|im_start|>', 'user', '\n', 'How deep is it?', '<|im_end|>', 'Very.'];
    expect(parts(view(pieces, 'user'))).toEqual([
      ['user', 0, 5],
      ['assistant', 5, 6],
    ]);
  });

  test('take a marker in the words of a turn for words', () => {
    const words = { role: 'user', content: '<|im_start|> is a token', trained: false } as const;
    const pieces = ['<|im_start|>', 'user', '\n', '<|im_start|>', ' is a token', '<|im_end|>', 'Very.'];
    const shown = view(pieces, 'user');
    expect(parts({ ...shown, messages: [words, ...shown.messages.slice(1)] })).toEqual([
      ['user', 0, 6],
      ['assistant', 6, 7],
    ]);
  });

  test('leave the prompt of a record to the record', () => {
    const pieces = ['<s>', '<|im_start|>', 'system', 'How deep is it?', '<|im_end|>', 'Very.'];
    expect(parts(view(pieces, 'system'))[0]).toEqual(['system', 0, 5]);
  });
});
