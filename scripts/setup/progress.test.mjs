import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createProgress } from './progress.mjs';

const STEP = { downloadBytes: 93e6, diskBytes: 470e6 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What stands on a terminal at any time: the last line that was written over the others. */
function terminal() {
  let text = '';
  const stream = { isTTY: true, write: (more) => (text += more) };
  return { stream, line: () => text.split('\u001b[K').at(-1) };
}

test('a part that tells how far it is is shown with what it does, its share and the time left', () => {
  const { stream, line } = terminal();
  const shown = createProgress(stream, tmpdir()).begin('Small model', STEP);
  vi.advanceTimersByTime(10_000);
  expect(line()).toMatch(/^Small model · .* of 470 MB · 10 s$/);
  shown.tell({ from: 0, until: 0.2, what: 'loading PyTorch' });
  vi.advanceTimersByTime(6000);
  expect(line()).toBe('Small model · loading PyTorch · 0 % · 16 s');
  shown.tell({ from: 0.2, until: 0.5, what: 'rebuilding its weights' });
  vi.advanceTimersByTime(3000);
  expect(line()).toBe('Small model · rebuilding its weights · 30 % · about 21 s left · 19 s');
  vi.advanceTimersByTime(21_000);
  expect(line()).toBe('Small model · rebuilding its weights · 50 % · about 30 s left · 40 s');
  shown.tell({ from: 1, until: 1, what: 'checking its weights' });
  vi.advanceTimersByTime(500);
  expect(line()).toBe('Small model · checking its weights · 100 % · 41 s');
  shown.done();
  shown.stop();
  expect(line()).toBe('Small model · done in 41 s\n');
});
