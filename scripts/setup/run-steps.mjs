import { rmSync } from 'node:fs';

import { freeBytes, requireDiskSpace } from './disk-space.mjs';
import { formatBytes } from './format.mjs';
import { createProgress } from './progress.mjs';
import { CommandFailed } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';
import { acquireLock } from './setup-lock.mjs';

/**
 * @typedef {object} Step
 * @property {string} title what it brings, in words
 * @property {number} downloadBytes about
 * @property {number} diskBytes about
 * @property {string} [registry] where it comes from, for the sentence when that cannot be reached
 * @property {(context: object) => {folder: string, bytes: number}[]} [elsewhere] space it needs outside the clone
 * @property {(context: object) => boolean} isDone cheap: asked at every start
 * @property {(context: object) => void | Promise<void>} [preflight] throws a SetupError before anything is downloaded
 * @property {(context: object) => Promise<void>} run safe to repeat after being killed anywhere in it; what cannot be
 *   seen on the disk it says with `context.tell({from, until, what})`: what it does now, from which share of it until which
 */

/**
 * Brings what is missing, in order.
 * @param {Step[]} steps
 * @param {{paths: object, stream: NodeJS.WritableStream}} options
 * @returns {Promise<string[]>} the titles of the steps that had to run
 */
export async function runSteps(steps, { paths, stream, ...rest }) {
  const context = { ...rest, paths };
  if (missing(steps, context).length === 0) return [];
  const progress = createProgress(stream, paths.root);
  const lock = await acquireLock(paths.lockFile, ({ pid }) =>
    progress.say(`Another set-up (process ${pid}) is at work here; waiting for it.`),
  );
  try {
    rmSync(paths.partialDir, { recursive: true, force: true });
    const running = { ...context, lock, logFile: paths.logFile, progress };
    const ran = await runMissing(missing(steps, context), running);
    // A step can undo a later one: a new Python environment comes without the tools that were put into the old.
    return [...ran, ...(await runMissing(missing(steps, context), running))];
  } finally {
    lock.release();
  }
}

const missing = (steps, context) => steps.filter((step) => !step.isDone(context));

async function runMissing(steps, context) {
  // The set-up that was waited for brought it all.
  if (steps.length === 0) return [];
  for (const step of steps) await step.preflight?.(context);
  announce(steps, context);
  const ran = [];
  for (const [index, step] of steps.entries()) {
    // An earlier step can make a later one needless.
    if (step.isDone(context)) continue;
    await runStep(step, `[${index + 1}/${steps.length}] ${step.title}`, context);
    ran.push(step.title);
  }
  return ran;
}

async function runStep(step, title, context) {
  const shown = context.progress.begin(title, step);
  try {
    await step.run({ ...context, tell: shown.tell });
    shown.done();
  } catch (error) {
    throw explain(error, step, context);
  } finally {
    shown.stop();
  }
}

function explain(error, { title, registry }, { logFile }) {
  if (!(error instanceof CommandFailed)) return error;
  if (error.couldNotConnect && registry) {
    return new SetupError(
      `The ${registry} cannot be reached from here: connect this machine to the network ` +
        'and run the same command again; what is already there is kept.',
    );
  }
  return new SetupError(
    `${title}: ${error.message}\nThe whole output is in ${logFile}; run the same command again to go on.`,
  );
}

function announce(steps, context) {
  const { paths, progress } = context;
  const downloadBytes = sum(steps, 'downloadBytes');
  const diskBytes = sum(steps, 'diskBytes');
  const elsewhere = steps.flatMap((step) => step.elsewhere?.(context) ?? []);
  requireDiskSpace([{ folder: paths.root, bytes: diskBytes }, ...elsewhere]);
  progress.say(
    `Setting up ${steps.length === 1 ? 'one part' : `${steps.length} parts`}: about ${formatBytes(downloadBytes)} to download, ` +
      `${formatBytes(diskBytes)} on disk (${formatBytes(freeBytes(paths.root))} free).`,
  );
}

const sum = (steps, key) => steps.reduce((total, step) => total + step[key], 0);
