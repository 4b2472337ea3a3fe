import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { identify, isAlive, killGroup } from './processes.mjs';

const POLL_MS = 200;
const TAKEOVER_STALE_MS = 10_000;

/**
 * One set-up at a time. A lock whose owner died is taken over, after whatever the owner had started is ended:
 * an orphaned `npm ci` would go on writing into the same folder.
 * @param {string} file
 * @param {(owner: {pid: number}) => void} onWait called once when another set-up holds it
 */
export async function acquireLock(file, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!tryCreate(file)) {
    const owner = readOwner(file);
    if (owner && isAlive(owner)) {
      if (!told) onWait(owner);
      told = true;
      await wait(POLL_MS);
    } else {
      await takeOver(file);
    }
  }
  return {
    recordChild: (pid) => replace(file, { ...identify(process.pid), child: identify(pid) }),
    forgetChild: () => replace(file, identify(process.pid)),
    release: () => rmSync(file, { force: true }),
  };
}

function tryCreate(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)));
  try {
    // Unlike a create and a write, a link shows the lock with its owner inside or not at all.
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

async function takeOver(file) {
  const guard = `${file}.takeover`;
  if (!createGuard(guard)) return wait(POLL_MS);
  try {
    const owner = readOwner(file);
    if (!owner || isAlive(owner)) return;
    await endOrphan(owner.child);
    rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function createGuard(guard) {
  try {
    writeFileSync(guard, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isStale(guard)) rmSync(guard, { force: true });
    return false;
  }
}

function isStale(guard) {
  const stat = statSync(guard, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > TAKEOVER_STALE_MS;
}

async function endOrphan(child) {
  if (!child || !isAlive(child)) return;
  killGroup(child, 'SIGKILL');
  while (isAlive(child)) await wait(POLL_MS);
}

function readOwner(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    if (error instanceof SyntaxError) return { pid: 0, startTime: null };
    throw error;
  }
}

function replace(file, owner) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(owner));
  renameSync(own, file);
}
