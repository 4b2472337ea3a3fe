import { readFile } from 'node:fs/promises';
import { isMissing } from './file-errors';

/** Names one process for ever: a number alone may belong to another one after a restart. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly process_started_at: string;
  readonly boot_id: string;
}

const UNKNOWN = 'unknown';
const START_TIME_FIELD = 19;

const readOrNull = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

export const bootId = async (): Promise<string> =>
  (await readOrNull('/proc/sys/kernel/random/boot_id'))?.trim() ?? UNKNOWN;

interface ProcessStat {
  readonly state: string;
  readonly started: string;
}

const processStat = async (pid: number): Promise<ProcessStat | null> => {
  const text = await readOrNull(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The command's name stands in brackets and may hold anything, also brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', started = ''] = [fields[0], fields[START_TIME_FIELD]];
  return { state, started };
};

export const identify = async (pid: number): Promise<ProcessIdentity> => ({
  pid,
  process_started_at: (await processStat(pid))?.started ?? UNKNOWN,
  boot_id: await bootId(),
});

/** Whether a process was started with this argument; taken to be so where the system does not tell. */
export const wasStartedWith = async (pid: number, argument: string): Promise<boolean> => {
  if ((await bootId()) === UNKNOWN) return true;
  const words = (await readOrNull(`/proc/${pid}/cmdline`))?.split('\0');
  return words?.includes(argument) ?? false;
};

const answersSignals = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Whether that very process still runs. A zombie has ended; without /proc only the number can be asked. */
export const isAlive = async ({ pid, process_started_at, boot_id }: ProcessIdentity): Promise<boolean> => {
  if (boot_id !== (await bootId())) return false;
  if (process_started_at === UNKNOWN) return answersSignals(pid);
  const stat = await processStat(pid);
  return stat !== null && stat.started === process_started_at && stat.state !== 'Z' && stat.state !== 'X';
};
