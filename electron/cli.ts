import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from './app';
import { runCli } from './cli/run-cli';
import { StopSignals } from './cli/stop-signals';

const distDir = dirname(fileURLToPath(import.meta.url));
const rootDir = join(distDir, '..', '..');
const resourcesDir = resolve(process.env['PIPELINE_RESOURCES_DIR'] ?? join(rootDir, 'resources'));

const say = (thrown: unknown): void => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
};

const stops = new StopSignals({ now: () => performance.now(), exit: (code) => process.exit(code) });
process.on('SIGINT', () => stops.raise('interrupt'));
process.on('SIGTERM', () => stops.raise('terminate'));
process.on('SIGHUP', () => stops.raise('hang_up'));

/** Nobody reads any more, as behind `| head`. */
const onBrokenStream = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  stops.raise('hang_up');
};
process.stdout.on('error', onBrokenStream);
process.stderr.on('error', onBrokenStream);

const code = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  resourcesDir,
  openApp: ({ dataDir, publisher }) =>
    createApp({
      dataDir,
      publisher,
      resourcesDir,
      bundleDir: distDir,
      migrationsDir: join(rootDir, 'migrations'),
      kind: 'cli',
      onFailure: say,
      onLog: (sentence) => process.stderr.write(`${sentence}\n`),
    }),
  onStop: (listener) => stops.on(listener),
});
/** What is still on its way to a pipe would be lost with the process. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

await Promise.all([written(process.stdout), written(process.stderr)]);
// What a stopped command has begun outside, such as an export, must not keep the process.
process.exit(code);
