import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { projectRoot } from './setup/paths.mjs';
import { scratchFolder } from './setup/testing/scratch-folder.mjs';

const COPIED = ['package.json', 'package-lock.json', 'scripts', join('resources', 'trainer', 'requirements')];

function freshClone() {
  const root = join(scratchFolder(), 'clone');
  for (const name of COPIED) cpSync(join(projectRoot, name), join(root, name), { recursive: true });
  return root;
}

/** Leaves one package to ask for: npm would ask for hundreds before it gives up. */
function wantOnly(root, name) {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const dependencies = { [name]: lock.packages[''].dependencies[name] };
  const path = `node_modules/${name}`;
  const packages = { '': { dependencies }, [path]: lock.packages[path] };
  writeFileSync(file, JSON.stringify({ ...lock, packages }));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
}

function setUp(root, { args = [], env = {} } = {}) {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stderr, elapsedMs: performance.now() - startedMs };
}

/** A path with nothing on it but the named programs. */
function pathWith(programs) {
  const folder = join(scratchFolder(), 'bin');
  mkdirSync(folder);
  for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(folder, name));
  return folder;
}

test('says in one sentence that Python is missing, before it downloads anything', () => {
  const root = freshClone();
  const { status, stderr } = setUp(root, {
    args: ['--terminal'],
    env: { PATH: pathWith({ node: process.execPath }) },
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^Pipeline's trainer needs Python 3\.11 to 3\.13 \(64 bit\), and none was found: install one .*\n$/,
  );
  expect(existsSync(join(root, 'node_modules'))).toBe(false);
});

test('says in one sentence that the registry cannot be reached', { timeout: 120_000 }, () => {
  const root = freshClone();
  wantOnly(root, 'zod');
  const env = {
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_cache: join(root, 'empty-cache'),
  };
  const { status, stderr } = setUp(root, { args: ['--terminal'], env });
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'The npm registry cannot be reached from here: connect this machine to the network ' +
      'and run the same command again; what is already there is kept.',
  );
});

test('refuses an option it does not know', () => {
  expect(setUp(projectRoot, { args: ['--windows'] })).toMatchObject({
    status: 2,
    stderr: 'Usage: npm run setup [-- --terminal | --window | --tests | --bench]\n',
  });
});

test('has nothing to do the second time, and knows it in under a second', () => {
  const runs = [1, 2, 3].map(() => setUp(projectRoot));
  expect(runs.map(({ stderr }) => stderr)).toEqual(Array(3).fill('Everything is set up; nothing to do.\n'));
  expect(Math.min(...runs.map(({ elapsedMs }) => elapsedMs))).toBeLessThan(1000);
});
