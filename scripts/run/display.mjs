import { existsSync, readFileSync } from 'node:fs';

export function hasDisplay(env = process.env) {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** What Chromium has to be told about this machine, and what its user should know about that. */
export function windowFlags(env = process.env) {
  const warnings = [];
  const flags = [];
  if (process.getuid?.() === 0) {
    flags.push('--no-sandbox');
    warnings.push(
      "Started as root, where Chromium's sandbox cannot work: the window runs without it. Use an ordinary user for daily work.",
    );
  } else if (userNamespacesAreRestricted()) {
    warnings.push(
      'This system keeps user namespaces from ordinary programs, which the sandbox of a development run needs: if no window opens, ' +
        'run "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" and start again.',
    );
  }
  if (!env.DISPLAY && env.WAYLAND_DISPLAY) flags.push('--ozone-platform=wayland');
  return { flags, warnings };
}

function userNamespacesAreRestricted() {
  const setting = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
  return existsSync(setting) && readFileSync(setting, 'utf8').trim() === '1';
}
