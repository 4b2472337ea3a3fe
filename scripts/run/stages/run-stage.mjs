import { spawn } from 'node:child_process';

/**
 * Runs stages in order. One that runs `beside` others begins at its place and is heard before the first that runs
 * `alone`, or at the end.
 * @param {import('./stages.mjs').Stage[]} stages
 * @param {(text: string | Buffer) => void} say
 */
export async function runStages(stages, say) {
  const results = [];
  const besides = [];
  const hearThem = async () => {
    for (const beside of besides.splice(0)) results.push(await heard(beside, say));
  };
  for (const stage of stages) {
    if (stage.beside) {
      besides.push(begun(stage));
      continue;
    }
    if (stage.alone) await hearThem();
    say(headline(stage));
    results.push(await runStage(stage));
  }
  await hearThem();
  return results;
}

const headline = ({ name }) => `\n── ${name} ──\n`;

function begun(stage) {
  const output = [];
  return { stage, output, ending: runStage(stage, (chunk) => output.push(chunk)) };
}

async function heard({ stage, output, ending }, say) {
  const result = await ending;
  say(headline(stage));
  say(Buffer.concat(output));
  return result;
}

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {(chunk: Buffer) => void} [keep] takes what its commands say; without it they say it themselves
 * @returns {Promise<{name: string, passed: number, failed: number, skipped: number, elapsedMs: number}>}
 */
export async function runStage({ name, commands, readReport }, keep) {
  const startedMs = performance.now();
  const outcomes = [];
  for (const command of commands) outcomes.push(await succeeds(command, keep));
  const counts = countTests(outcomes, readReport);
  return { name, ...counts, elapsedMs: performance.now() - startedMs };
}

/** A runner that ends badly, writes no report or ran nothing has failed, whatever it counted. */
export function countTests(outcomes, readReport) {
  const failedCommands = outcomes.filter((succeeded) => !succeeded).length;
  if (!readReport) return { passed: outcomes.length - failedCommands, failed: failedCommands, skipped: 0 };
  const counts = readReport() ?? { passed: 0, failed: 0, skipped: 0 };
  const hasRunNothing = counts.passed + counts.failed === 0;
  if (counts.failed === 0 && (failedCommands > 0 || hasRunNothing)) return { ...counts, failed: 1 };
  return counts;
}

function succeeds({ command, args, cwd, env }, keep) {
  const output = keep ? 'pipe' : 'inherit';
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', output, output],
    });
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}
