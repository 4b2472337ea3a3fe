import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const STAMP_NAME = '.stamp.json';

export const stampIn = (folder) => join(folder, STAMP_NAME);

export function readStamp(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const descriptor = openSync(temporary, 'w');
  writeSync(descriptor, `${JSON.stringify(stamp)}\n`);
  // A rename can reach the disk before the bytes it names.
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
}

export const hasStamp = (file, fingerprint) => readStamp(file)?.fingerprint === fingerprint;

export function fingerprintOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

export const fingerprintOfFile = (file) => fingerprintOf(readFileSync(file));
