import { expect, it, vi } from 'vitest';
import { stopBeforeQuit } from './stop-before-quit';

const quitting = (stop: () => Promise<void>) => {
  const [quit, onFailure] = [vi.fn(), vi.fn()];
  const beforeQuit = stopBeforeQuit({ stop, quit, onFailure });
  const isHeldBack = (): boolean => {
    const preventDefault = vi.fn();
    beforeQuit({ preventDefault });
    return preventDefault.mock.calls.length > 0;
  };
  return { isHeldBack, quit, onFailure };
};

it('holds back every quit until all has stopped, and stops once', async () => {
  let finish: () => void = () => undefined;
  const stop = vi.fn(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  const { isHeldBack, quit } = quitting(stop);
  expect([isHeldBack(), isHeldBack()]).toEqual([true, true]);
  expect(quit).not.toHaveBeenCalled();
  finish();
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  expect(stop).toHaveBeenCalledOnce();
  expect(isHeldBack()).toBe(false);
});

it('quits also where stopping fails, and says so', async () => {
  const failure = new Error('no room');
  const { isHeldBack, quit, onFailure } = quitting(() => Promise.reject(failure));
  isHeldBack();
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(failure);
});
