import { readdir, readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

const look = async (pid: number): Promise<Seen | null> => {
  // A process may end between its listing and its reading.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(parent), state };
};

const everyProcess = async (): Promise<Seen[]> => {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(names.map((name) => look(Number(name))))).filter((seen) => seen !== null);
};

/** A process and all that it started, itself first. */
export const familyOf = async (pid: number): Promise<number[]> => {
  const all = await everyProcess();
  const family = [pid];
  // The list grows while it is walked: children of children are met too.
  for (const member of family)
    family.push(...all.filter(({ parent }) => parent === member).map(({ pid: child }) => child));
  return family;
};

/** Those that still run; a zombie does not. */
export const alive = async (pids: readonly number[]): Promise<number[]> => {
  const seen = (await Promise.all(pids.map(look))).filter((one) => one !== null);
  return seen.filter(({ state }) => state !== 'Z' && state !== 'X').map(({ pid }) => pid);
};

/** How long it took until all of them had ended, in ms. */
export const whenGone = async (pids: readonly number[], timeout: number): Promise<number> => {
  const since = performance.now();
  await expect.poll(() => alive(pids), { timeout, intervals: [50] }).toEqual([]);
  return Math.round(performance.now() - since);
};
