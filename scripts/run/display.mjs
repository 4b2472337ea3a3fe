import { existsSync, readFileSync } from 'node:fs';

const thisMachine = () => ({
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  restrictsNamespaces: restrictsNamespaces(),
});

export function hasDisplay(env = process.env, { platform } = process) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Where the app starts, with which words, and what its user should know about that.
 * @returns {{place: 'window' | 'terminal', words: string[], notes: string[]}}
 */
export function startingPlace(env = process.env, machine = thisMachine()) {
  if (hasDisplay(env, machine))
    return { place: 'window', words: windowFlags(env, machine), notes: notes(machine) };
  return {
    place: 'terminal',
    words: ['demo'],
    notes: ['There is no display here, so the main job runs in this terminal (pipeline demo).'],
  };
}

/** What Chromium has to be told about this machine. */
function windowFlags(env, { platform, isRoot }) {
  const isWayland = platform === 'linux' && !env.DISPLAY;
  return [...(isRoot ? ['--no-sandbox'] : []), ...(isWayland ? ['--ozone-platform=wayland'] : [])];
}

function notes({ isRoot, restrictsNamespaces }) {
  if (isRoot) {
    return [
      "Started as root, where Chromium's sandbox cannot work: the window runs without it. Use an ordinary user for daily work.",
    ];
  }
  if (!restrictsNamespaces) return [];
  return [
    'This system keeps user namespaces from ordinary programs, which the sandbox of a development run needs: if no window opens, ' +
      'run "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" and start again.',
  ];
}

function restrictsNamespaces() {
  const setting = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
  return existsSync(setting) && readFileSync(setting, 'utf8').trim() === '1';
}
