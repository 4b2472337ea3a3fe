import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from './app';
import { runCli } from './cli/run-cli';

const distDir = dirname(fileURLToPath(import.meta.url));
const rootDir = join(distDir, '..', '..');
const resourcesDir = resolve(process.env['PIPELINE_RESOURCES_DIR'] ?? join(rootDir, 'resources'));

const say = (thrown: unknown): void => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
};

process.exitCode = await runCli(process.argv.slice(2), {
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
    }),
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
});
