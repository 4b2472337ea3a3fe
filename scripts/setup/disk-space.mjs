import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { formatBytes } from './format.mjs';
import { SetupError } from './setup-error.mjs';

export function freeBytes(folder) {
  const { bavail, bsize } = statfsSync(nearestExisting(folder));
  return bavail * bsize;
}

/**
 * Refuses before the first download. Places on one disk share its space.
 * @param {{folder: string, bytes: number}[]} needs
 */
export function requireDiskSpace(needs, free = freeBytes) {
  for (const { folder, bytes } of sumByDevice(needs)) {
    const available = free(folder);
    if (available >= bytes) continue;
    throw new SetupError(
      `Set-up needs ${formatBytes(bytes)} on the disk of ${folder}, but only ${formatBytes(available)} are free; ` +
        `free at least ${formatBytes(bytes - available)} there and run the same command again.`,
    );
  }
}

/** What a place needs, unless it shares the disk of the clone. */
export function onOtherDisk(need, root) {
  return deviceOf(need.folder) === deviceOf(root) ? [] : [need];
}

function sumByDevice(needs) {
  const byDevice = new Map();
  for (const { folder, bytes } of needs) {
    const device = deviceOf(folder);
    const known = byDevice.get(device);
    byDevice.set(device, { folder: known?.folder ?? folder, bytes: (known?.bytes ?? 0) + bytes });
  }
  return byDevice.values();
}

const deviceOf = (folder) => statSync(nearestExisting(folder)).dev;

function nearestExisting(folder) {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}
