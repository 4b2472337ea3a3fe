import { expect, test } from 'vitest';
import { roomWords } from './disk-room';

test('says how many runs like the last one the disk holds, in whole ones', () => {
  expect(roomWords(41.2e9, 2.1e9)).toBe('Room for ≈ 19 runs like the last one, which holds 2.1 GB.');
  expect(roomWords(71.5e9, 127e6)).toBe('Room for ≈ 562 runs like the last one, which holds 127 MB.');
  expect(roomWords(3e9, 2e9)).toBe('Room for ≈ 1 run like the last one, which holds 2.0 GB.');
  expect(roomWords(1e9, 2e9)).toBe('No room for another run like the last one, which holds 2.0 GB.');
});

test('says nothing where there is no past run, or it left nothing', () => {
  expect(roomWords(41e9, null)).toBeNull();
  expect(roomWords(41e9, 0)).toBeNull();
});
