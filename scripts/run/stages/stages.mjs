import { join } from 'node:path';

import { hasDisplay } from '../display.mjs';
import { readJunit, readPlaywright, readVitest } from './reports.mjs';

/** Without `-noreset` it begins anew when no window is left, and one that opens at that moment does not find it. */
const SCREEN = '-screen 0 1440x900x24 -noreset';

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {{command: string, args: string[], cwd: string, env?: object}[]} commands
 * @property {boolean} [beside] whether it runs while the next ones do
 * @property {boolean} [alone] whether nothing may run while it does
 * @property {(() => {passed: number, failed: number, skipped: number} | null)} [readReport] null when there is no report
 */

/**
 * Everything that `npm test` runs, in order.
 * @param {{paths: object, node: string, python: string, npm: (args: string[]) => object, reportsDir: string}} tools
 * @returns {Stage[]}
 */
export const stagesFor = (tools) => [
  checkStage(tools),
  unitStage(tools),
  trainerStage(tools),
  windowStage(tools, { name: 'e2e', projects: ['longest', 'together'] }),
  windowStage(tools, { name: 'timed', projects: ['timed'] }),
];

// No report: each command is one test, passed or failed.
function checkStage({ paths, python, npm }) {
  const cwd = paths.root;
  const trainer = join(cwd, 'resources', 'trainer');
  const module = (...args) => ({ command: python, args: ['-m', ...args], cwd: trainer });
  return {
    name: 'check',
    // One core nearly all the time, and nothing in it is timed.
    beside: true,
    commands: [
      { ...npm(['run', '--silent', 'check']), cwd },
      module('ruff', 'check', '.'),
      module('ruff', 'format', '--check', '.'),
      // What it reads stands in pyproject.toml.
      module('mypy', '--strict'),
    ],
  };
}

function unitStage({ paths, node, reportsDir }) {
  const report = join(reportsDir, 'unit.json');
  const runner = join(paths.nodeModules, 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name: 'unit',
    commands: [{ command: node, args: [runner, 'run', ...reporters], cwd: paths.root }],
    readReport: () => readVitest(report),
  };
}

function trainerStage({ paths, python, reportsDir }) {
  const report = join(reportsDir, 'trainer.xml');
  const cwd = join(paths.root, 'resources', 'trainer');
  return {
    name: 'trainer',
    // One core each: the small models of these tests leave the second one idle.
    commands: [
      {
        command: python,
        args: ['-m', 'pytest', '-n', '2', '--dist', 'worksteal', `--junitxml=${report}`],
        cwd,
      },
    ],
    readReport: () => readJunit(report),
  };
}

function windowStage({ paths, node, reportsDir }, { name, projects }) {
  const report = join(reportsDir, `${name}.json`);
  return {
    name,
    alone: true,
    commands: [playwright({ paths, node, projects, env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report } })],
    readReport: () => readPlaywright(report),
  };
}

/** Playwright on the real window, on a virtual display where there is none. */
export function playwright({ paths, node, projects, env }) {
  const runner = join(paths.nodeModules, '@playwright', 'test', 'cli.js');
  const args = [
    runner,
    'test',
    '--config=e2e/playwright.config.ts',
    ...projects.map((project) => `--project=${project}`),
    '--reporter=list,json',
  ];
  const cwd = paths.root;
  if (hasDisplay()) return { command: node, args, cwd, env };
  return { command: 'xvfb-run', args: ['-a', `--server-args=${SCREEN}`, node, ...args], cwd, env };
}
