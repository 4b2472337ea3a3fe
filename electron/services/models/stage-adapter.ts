import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFile } from '../../../src/lib/types/model-artifact';
import { refused } from '../jobs/refusals';
import { copyHashed } from '../storage/copy-hashed';
import { codeOf } from '../storage/flush';
import { isMissing } from '../trainer/file-errors';

export const LOG_FILE = 'training_log.jsonl';
const WEIGHTS = 'adapter_model.safetensors';

export interface AdapterParts {
  readonly staging: string;
  readonly adapterDir: string;
  readonly runDir: string;
  /** Of the weights, where the trainer told it. */
  readonly expected: string | null;
  /** The metrics of the run, a line each. */
  readonly log: string;
}

export const unusable = (message: string) =>
  refused('adapter_unusable', message, 'Resume the run from a checkpoint, or retry it.');

/** E01's four files of a run in a folder of their own, each with its size and hash. */
export const stageAdapter = async (parts: AdapterParts): Promise<Omit<ArtifactFile, 'path'>[]> => {
  const { staging, adapterDir, runDir, expected, log } = parts;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const copy = async (from: string, name: string) => ({
      name,
      ...(await copyHashed(from, join(staging, name))),
    });
    const weights = await copy(join(adapterDir, WEIGHTS), WEIGHTS);
    if (expected !== null && weights.sha256 !== expected)
      throw unusable('The adapter is not the one that the trainer wrote.');
    const config = await copy(join(adapterDir, 'adapter_config.json'), 'adapter_config.json');
    const settings = await copy(join(runDir, 'job.json'), 'training_args.json');
    return [weights, config, settings, await writeLog(staging, log)];
  } catch (error) {
    if (isMissing(error)) throw unusable('The trainer reported an adapter that is not there.');
    throw codeOf(error) === 'ENOSPC' ? diskFull() : error;
  }
};

const writeLog = async (staging: string, log: string): Promise<Omit<ArtifactFile, 'path'>> => {
  const bytes = Buffer.from(log, 'utf8');
  await writeFile(join(staging, LOG_FILE), bytes, { mode: 0o600 });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: LOG_FILE, size_bytes: bytes.length, sha256 };
};

const diskFull = () =>
  refused(
    'disk_full',
    'The disk is full; the trained adapter was not stored, but its run still has it.',
    'Free some space, then resume the run.',
  );
