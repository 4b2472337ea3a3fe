import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { pathsIn } from './paths.mjs';
import { isAlive } from './processes.mjs';
import { runSteps } from './run-steps.mjs';
import { scratchFolder } from './testing/scratch-folder.mjs';

const PROGRAM = join(import.meta.dirname, 'testing', 'small-set-up.mjs');
const PARTS = ['one', 'two', 'three'];
const LONGEST_LIFE_MS = 700;

const start = (root) => spawn(process.execPath, [PROGRAM, root], { stdio: ['ignore', 'ignore', 'pipe'] });
const runtimeOf = (root) => join(root, 'resources', 'runtime');
const begunIn = (root) => linesOf(join(root, 'begun.log'));
const linesOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
const finishedIn = (root) => PARTS.filter((part) => existsSync(join(runtimeOf(root), part)));

async function finish(child) {
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code, stderr };
}

function contentsOf(root) {
  const runtime = runtimeOf(root);
  return Object.fromEntries(PARTS.map((part) => [part, readdirSync(join(runtime, part)).sort()]));
}

const WHOLE = Object.fromEntries(PARTS.map((part) => [part, ['.stamp.json', 'a', 'b', 'c']]));

test(
  'goes on after being killed at random points, and redoes no finished part',
  { timeout: 120_000 },
  async () => {
    const root = scratchFolder();
    let kills = 0;
    for (;;) {
      const before = { finished: finishedIn(root), begun: begunIn(root).length };
      const child = start(root);
      // Only itself: what it started must not go on writing beside the next run.
      const killer = setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_LIFE_MS + kills * 20);
      const { code, stderr } = await finish(child);
      clearTimeout(killer);
      const begun = begunIn(root).slice(before.begun);
      expect(begun.filter((part) => before.finished.includes(part))).toEqual([]);
      if (code === 0) break;
      expect(child.signalCode, stderr).toBe('SIGKILL');
      kills += 1;
    }
    expect(contentsOf(root)).toEqual(WHOLE);
    expect(readdirSync(join(runtimeOf(root), '.partial'))).toEqual([]);
    expect(existsSync(join(runtimeOf(root), '.setup-lock'))).toBe(false);
  },
);

test('ends what a killed set-up left running before it goes on', async () => {
  const root = scratchFolder();
  const killed = start(root);
  const lockFile = join(runtimeOf(root), '.setup-lock');
  while (!existsSync(lockFile) || !readFileSync(lockFile, 'utf8').includes('child')) await wait(5);
  const { child } = JSON.parse(readFileSync(lockFile, 'utf8'));
  killed.kill('SIGKILL');
  await finish(killed);
  expect((await finish(start(root))).code).toBe(0);
  expect(isAlive(child)).toBe(false);
  expect(contentsOf(root)).toEqual(WHOLE);
});

test('two at once: the second waits, says so, and repeats nothing', async () => {
  const root = scratchFolder();
  const ended = await Promise.all([finish(start(root)), finish(start(root))]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(begunIn(root)).toEqual(PARTS);
  expect(ended.map(({ stderr }) => stderr).join('')).toContain('waiting for it');
});

test('names what it does with size and time', async () => {
  const { stderr } = await finish(start(scratchFolder()));
  expect(stderr).toMatch(/Setting up 3 parts: about 0 B to download, 3 kB on disk \([\d.]+ [GMT]B free\)/);
  expect(stderr).toMatch(/\[1\/3\] Part one · 1 kB on disk\n\[1\/3\] Part one · done in \d\.\d s\n/);
});

test('refuses before the first step when the disk is too small, with the figures', async () => {
  const root = scratchFolder();
  let hasRun = false;
  const huge = {
    title: 'Huge',
    downloadBytes: 0,
    diskBytes: 9e17,
    isDone: () => false,
    run: () => (hasRun = true),
  };
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  await expect(runSteps([huge], { paths: pathsIn(root), stream })).rejects.toThrow(
    /^Set-up needs 900000\.0 TB on the disk of .* only [\d.]+ [GMT]B are free; free at least [\d.]+ TB there/,
  );
  expect(hasRun).toBe(false);
  expect(existsSync(join(runtimeOf(root), '.setup-lock'))).toBe(false);
});

test('brings a part again that an earlier one has taken away', async () => {
  const there = new Set(['tools']);
  const step = (title, takesAway = []) => ({
    title,
    downloadBytes: 0,
    diskBytes: 0,
    isDone: () => there.has(title),
    run: async () => {
      there.add(title);
      for (const other of takesAway) there.delete(other);
    },
  });
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const steps = [step('environment', ['tools']), step('tools')];
  expect(await runSteps(steps, { paths: pathsIn(scratchFolder()), stream })).toEqual([
    'environment',
    'tools',
  ]);
});
