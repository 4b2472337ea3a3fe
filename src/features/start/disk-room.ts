import { api } from '../../api';
import { formatAmount, formatBytes } from '../../components/format';
import { useRows } from '../../live-store';
import { useValue } from '../../live-value';
import { hardware, jobs } from '../../stores';
import { useLoad } from '../../use-load';

/** Both in bytes; null where there is no past run to tell it from. */
export const roomWords = (freeBytes: number, lastRunBytes: number | null): string | null => {
  if (!lastRunBytes) return null;
  const runs = Math.floor(freeBytes / lastRunBytes);
  const room = runs === 0 ? 'No room for another run' : `Room for ≈ ${formatAmount(runs, 'run')}`;
  return `${room} like the last one, which holds ${formatBytes(lastRunBytes)}.`;
};

/** What the disk has room for, told from the run that was completed last. */
export const useDiskRoom = (): string | null => {
  const free = useValue(hardware)?.disk_free_bytes;
  const completed = useRows(jobs).filter(({ status }) => status === 'completed').length;
  const { state } = useLoad(String(completed), () => api.jobs.last_size());
  return free === undefined || state.kind !== 'ready' ? null : roomWords(free, state.value);
};
