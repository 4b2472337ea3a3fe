import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLatestAnswer } from './latest-answer';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A load whose answers come when the test says so. */
const slowLoad = () => {
  const asked: string[] = [];
  const answers = new Map<string, (value: string) => void>();
  const load = (request: string): Promise<string> => {
    asked.push(request);
    return new Promise((resolve) => answers.set(request, resolve));
  };
  const answer = async (request: string) => {
    answers.get(request)?.(`answer to ${request}`);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { asked, load, answer };
};

test('asks at once the first time, and once when the typing rests after that', () => {
  const { asked, load } = slowLoad();
  const answers = createLatestAnswer(load);
  answers.ask('rank 8');
  expect(asked).toEqual(['rank 8']);
  for (const typed of ['rank 1', 'rank 12', 'rank 128']) {
    answers.ask(typed);
    vi.advanceTimersByTime(100);
  }
  expect(asked).toEqual(['rank 8']);
  vi.advanceTimersByTime(200);
  expect(asked).toEqual(['rank 8', 'rank 128']);
});

test('keeps the last answer until the next one is there', async () => {
  const { load, answer } = slowLoad();
  const answers = createLatestAnswer(load);
  answers.ask('rank 8');
  await answer('rank 8');
  answers.ask('rank 16');
  vi.advanceTimersByTime(300);
  expect(answers.store.getState()).toEqual({
    state: { kind: 'ready', value: 'answer to rank 8' },
    key: '"rank 8"',
  });
  await answer('rank 16');
  expect(answers.store.getState().state).toEqual({ kind: 'ready', value: 'answer to rank 16' });
});

test('drops an answer that comes after its request was replaced', async () => {
  const { load, answer } = slowLoad();
  const answers = createLatestAnswer(load);
  answers.ask('rank 8');
  answers.ask('rank 16');
  vi.advanceTimersByTime(300);
  await answer('rank 16');
  await answer('rank 8');
  expect(answers.store.getState().state).toEqual({ kind: 'ready', value: 'answer to rank 16' });
});

test('asks nothing any more once it was stopped', () => {
  const { asked, load } = slowLoad();
  const answers = createLatestAnswer(load);
  answers.ask('rank 8');
  answers.ask('rank 16');
  answers.stop();
  vi.advanceTimersByTime(300);
  expect(asked).toEqual(['rank 8']);
});
