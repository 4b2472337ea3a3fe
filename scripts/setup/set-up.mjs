import { pathsIn, projectRoot } from './paths.mjs';
import { runSteps } from './run-steps.mjs';
import { SetupError } from './setup-error.mjs';
import { stepsFor } from './steps.mjs';

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Brings what a purpose needs, or ends the process with one sentence.
 * @param {keyof typeof stepsFor} purpose
 * @returns {Promise<number>} how many parts were missing
 */
export async function setUp(purpose) {
  const stopListening = listenForEnd();
  try {
    const ran = await runSteps(stepsFor[purpose], { paths: pathsIn(projectRoot), stream: process.stderr });
    return ran.length;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  } finally {
    stopListening();
  }
}

function listenForEnd() {
  const end = (signal) => {
    process.stderr.write('\nSet-up was stopped; run the same command again to go on where it was.\n');
    process.exit(EXIT_CODES[signal]);
  };
  const signals = Object.keys(EXIT_CODES);
  for (const signal of signals) process.once(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}
