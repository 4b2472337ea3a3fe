import { expect, it, vi } from 'vitest';
import { JobStatus } from '../../src/lib/types/lora-training';
import { liveWithoutWindow, staysWithout } from './without-window';

it('goes on without a window while a job works or waits for its turn, and only where it may', () => {
  const goingOn = JobStatus.options.filter((status) => staysWithout(true, [{ status }]));
  expect(goingOn).toEqual(['queued', 'initializing', 'running']);
  expect(staysWithout(true, [{ status: 'completed' }, { status: 'queued' }])).toBe(true);
  expect(staysWithout(true, [])).toBe(false);
  expect(staysWithout(false, [{ status: 'running' }])).toBe(false);
});

const living = (work: { isThere: boolean }) => {
  const removeTray = vi.fn();
  const [showTray, quit, onFailure] = [vi.fn(() => removeTray), vi.fn(), vi.fn()];
  const staysOpen = vi.fn(() => Promise.resolve(work.isThere));
  const life = liveWithoutWindow({ staysOpen, showTray, quit, onFailure });
  return { life, removeTray, showTray, quit, onFailure, staysOpen };
};

it('quits at once where nothing is to do', async () => {
  const { life, quit, showTray } = living({ isThere: false });
  life.onClosed();
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  expect(showTray).not.toHaveBeenCalled();
});

it('stays in the tray while there is work, and quits after the last of it', async () => {
  const work = { isThere: true };
  const { life, quit, showTray, staysOpen } = living(work);
  life.onClosed();
  await vi.waitFor(() => expect(showTray).toHaveBeenCalledOnce());
  life.onLess();
  await vi.waitFor(() => expect(staysOpen).toHaveBeenCalledTimes(2));
  expect(quit).not.toHaveBeenCalled();
  work.isThere = false;
  life.onLess();
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  expect(showTray).toHaveBeenCalledOnce();
});

it('does not quit under a window that came back, and shows the tray anew when that is closed', async () => {
  const work = { isThere: true };
  const { life, quit, showTray, removeTray, staysOpen } = living(work);
  life.onLess();
  expect(staysOpen).not.toHaveBeenCalled();
  life.onClosed();
  await vi.waitFor(() => expect(showTray).toHaveBeenCalledOnce());
  work.isThere = false;
  life.onLess();
  life.onOpened();
  expect(removeTray).toHaveBeenCalledOnce();
  work.isThere = true;
  life.onClosed();
  await vi.waitFor(() => expect(showTray).toHaveBeenCalledTimes(2));
  expect(quit).not.toHaveBeenCalled();
});

it('does not ask again once it quits', () => {
  const { life, staysOpen } = living({ isThere: true });
  life.onQuitting();
  life.onLess();
  expect(staysOpen).not.toHaveBeenCalled();
});

it('quits where it cannot tell, and says why', async () => {
  const failure = new Error('no room');
  const [quit, onFailure] = [vi.fn(), vi.fn()];
  const life = liveWithoutWindow({
    staysOpen: () => Promise.reject(failure),
    showTray: () => () => undefined,
    quit,
    onFailure,
  });
  life.onClosed();
  await vi.waitFor(() => expect(quit).toHaveBeenCalledOnce());
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(failure);
});
