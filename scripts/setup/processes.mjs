import { existsSync, readFileSync } from 'node:fs';

/** Names a process so that a later one with the same number is not taken for it. */
export const identify = (pid) => ({ pid, startTime: startTimeOf(pid) });

export function isAlive({ pid, startTime }) {
  return answersSignals(pid) && startTimeOf(pid) === startTime;
}

export function killGroup({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function answersSignals(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function startTimeOf(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  try {
    const stat = readFileSync(file, 'utf8');
    // The name in the second field may hold spaces and brackets of its own.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
}
