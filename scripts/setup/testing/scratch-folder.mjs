import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of the kind that breaks scripts: a space and an ü in its name. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline für immer '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
