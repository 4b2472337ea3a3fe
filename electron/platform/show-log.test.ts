import { expect, it, vi } from 'vitest';
import { showLog } from './show-log';

const LOG = '/data/logs/main.log';

const shown = async (answer: string) => {
  const [open, reveal] = [vi.fn(() => Promise.resolve(answer)), vi.fn()];
  await showLog(LOG, { openPath: open, showItemInFolder: reveal });
  return { opened: open.mock.calls, revealed: reveal.mock.calls };
};

it('opens the log with what the system reads text with', async () => {
  expect(await shown('')).toEqual({ opened: [[LOG]], revealed: [] });
});

it('shows where it lies where the system has nothing that reads it', async () => {
  expect(await shown('No application is registered')).toEqual({ opened: [[LOG]], revealed: [[LOG]] });
});
