import { expect, test } from 'vitest';
import { createLastAnswer } from './last-answer';

test('the last answer stays while a new one is asked for, and when that fails', async () => {
  const answers = [() => Promise.resolve('well'), () => Promise.reject(new Error('no'))];
  const { store, refresh } = createLastAnswer(() => answers.shift()?.() ?? Promise.resolve('late'));
  await refresh();
  expect(store.getState()).toMatchObject({ value: 'well', error: null, busy: false });
  const asking = refresh();
  expect(store.getState()).toMatchObject({ value: 'well', busy: true });
  await asking;
  expect(store.getState()).toMatchObject({ value: 'well', busy: false, error: { message: 'no' } });
});

test('a question under way is not asked twice', async () => {
  let asked = 0;
  const { refresh } = createLastAnswer(() => {
    asked += 1;
    return Promise.resolve(asked);
  });
  await Promise.all([refresh(), refresh()]);
  expect(asked).toBe(1);
});
