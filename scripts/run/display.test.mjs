import { expect, test } from 'vitest';

import { startingPlace } from './display.mjs';

const ORDINARY = { platform: 'linux', isRoot: false, restrictsNamespaces: false };

test('opens a window where there is a display, in its sandbox and without a word', () => {
  const window = { place: 'window', words: [], notes: [] };
  expect(startingPlace({ DISPLAY: ':0' }, ORDINARY)).toEqual(window);
  expect(startingPlace({ DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0' }, ORDINARY)).toEqual(window);
  expect(startingPlace({}, { ...ORDINARY, platform: 'darwin' })).toEqual(window);
  expect(startingPlace({ WAYLAND_DISPLAY: 'wayland-0' }, ORDINARY).words).toEqual([
    '--ozone-platform=wayland',
  ]);
});

test('opens it without the sandbox for root alone, and warns of that', () => {
  const { words, notes } = startingPlace({ DISPLAY: ':0' }, { ...ORDINARY, isRoot: true });
  expect(words).toEqual(['--no-sandbox']);
  expect(notes).toEqual([expect.stringMatching(/^Started as root.*runs without it/)]);
});

test('names the remedy where the system may keep the sandbox from working', () => {
  const { words, notes } = startingPlace({ DISPLAY: ':0' }, { ...ORDINARY, restrictsNamespaces: true });
  expect(words).toEqual([]);
  expect(notes).toEqual([
    expect.stringContaining('sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'),
  ]);
});

test('runs the main job in the terminal where there is no display, and says so, also for root', () => {
  const terminal = {
    place: 'terminal',
    words: ['demo'],
    notes: [expect.stringMatching(/^There is no display here.*pipeline demo/)],
  };
  expect(startingPlace({}, ORDINARY)).toEqual(terminal);
  expect(startingPlace({ DISPLAY: '', WAYLAND_DISPLAY: '' }, { ...ORDINARY, isRoot: true })).toEqual(
    terminal,
  );
});
