import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Both over the same file, in turn, so that a busy machine is as hard on the one as on the other.
 * @param {{python: string, importer: string, file: string, dir: string, rounds: number}} what
 */
export async function compare({ python, importer, file, dir, rounds }) {
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(timed(dir, (target) => [process.execPath, [here('import-once.mjs'), importer, file, target]]));
    theirs.push(timed(dir, (target) => [python, [here('load_once.py'), file, target]]));
  }
  const found = { ours: summary(ours), theirs: summary(theirs) };
  return { ...found, ratio: found.ours.median_s / found.theirs.median_s };
}

/** Seconds that a process printed for its own work; its folder is empty before and gone after. */
function timed(dir, commandFor) {
  const target = mkdtempSync(join(dir, 'run-'));
  const [command, args] = commandFor(target);
  const env = {
    ...process.env,
    HF_HOME: target,
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_DISABLE_PROGRESS_BARS: '1',
  };
  try {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
    return Number(stdout.trim().split('\n').at(-1));
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function summary(seconds) {
  const sorted = [...seconds].sort((left, right) => left - right);
  return { median_s: sorted[Math.floor(sorted.length / 2)], seconds };
}
