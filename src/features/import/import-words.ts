import { formatAmount, formatBytes, formatRoughDuration } from '../../components/format';
import type { ImportProgress } from '../../lib/contract/contract';
import { importPace, phaseBytes } from '../../lib/messages/import-pace';

/** How much of the file its copy or its reading has done, from 0 to 1. */
export const phaseShare = (progress: ImportProgress): number =>
  progress.bytes_total > 0 ? Math.min(1, phaseBytes(progress) / progress.bytes_total) : 0;

/** `Reading: 6.0 MB of 150 MB, 21,740 records, 6.0 MB/s, ≈ 24 s left`: all of it of the phase that goes on. */
export const importWords = (progress: ImportProgress): string => {
  const { phase, bytes_total, records, problems } = progress;
  const pace = importPace(progress);
  return [
    `${phase === 'copying' ? 'Copying' : 'Reading'}: ${formatBytes(phaseBytes(progress))} of ${formatBytes(bytes_total)}`,
    ...(records > 0 ? [formatAmount(records, 'record')] : []),
    ...(problems > 0 ? [formatAmount(problems, 'problem')] : []),
    ...(pace ? [`${formatBytes(pace.bytesPerSecond)}/s`] : []),
    ...(pace?.leftMs != null ? [`${formatRoughDuration(pace.leftMs)} left`] : []),
  ].join(', ');
};
