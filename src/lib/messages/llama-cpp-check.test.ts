import { expect, it } from 'vitest';
import { uncheckedWords } from './llama-cpp-check';

it('claims nothing of llama.cpp where it has not loaded the file', () => {
  const gguf = { tensors: 272, llama_cpp: null, reason: 'it is not installed' };
  expect(uncheckedWords({ gguf })).toBe(
    'Exported, not checked in llama.cpp: it is not installed. 272 tensors were read back as they should be.',
  );
});

it('says nothing where it has, or of other formats', () => {
  expect(uncheckedWords({ gguf: { tensors: 272, llama_cpp: 'b11549', reason: null } })).toBeNull();
  expect(uncheckedWords({})).toBeNull();
});
