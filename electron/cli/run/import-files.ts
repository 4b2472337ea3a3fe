import type { ImportProgress } from '../../../src/lib/contract/contract';
import { formatBytes, formatCount, formatDuration } from '../../../src/lib/messages/format';
import { importPace } from '../../../src/lib/messages/import-pace';
import type { ImportOptions, StartedImport } from '../../services/datasets/dataset-imports';
import type { ImportOutcome } from '../../services/datasets/import-outcome';
import type { Workplace } from '../command';
import { Stopped } from '../exit-codes';
import { requireFiles } from '../find';
import type { StopKind } from '../stop-signals';

/** Draws how far readings are; returns what ends it. */
export const showProgress = ({ news, output }: Workplace, names: ReadonlyMap<string, string>): (() => void) =>
  news.on((progress) => {
    const { dataset_id, bytes_done, bytes_total, records, problems } = progress;
    const share = bytes_total === 0 ? 0 : Math.min(1, bytes_done / bytes_total);
    output.liveLine(
      `${names.get(dataset_id) ?? ''}  ${Math.floor(share * 100)} % done  ${formatBytes(bytes_total)}  ` +
        `${formatCount(records)} records  ${formatCount(problems)} problems${paceWords(progress)}`,
    );
  });

const paceWords = (progress: ImportProgress): string => {
  const pace = importPace(progress);
  if (pace === null) return '';
  const rates = `${formatBytes(pace.bytesPerSecond)}/s`;
  const records = pace.recordsPerSecond > 0 ? `  ${formatCount(pace.recordsPerSecond)} records/s` : '';
  return `  ${rates}${records}${pace.leftMs === null ? '' : `  ${formatDuration(pace.leftMs)} left`}`;
};

/** Imports files here, showing how far it is. Ctrl-C leaves nothing of those that are not finished. */
export const importFiles = async (
  work: Workplace,
  files: readonly string[],
  options: (file: string) => ImportOptions = () => ({}),
): Promise<ImportOutcome[]> => {
  const { datasets } = work.app.services;
  await requireFiles(files);
  const stops: StopKind[] = [];
  const started: StartedImport[] = [];
  const cancel = (): void => {
    // One that has ended in this moment needs no cancelling.
    for (const { dataset } of started) datasets.cancelImport(dataset.id).catch(() => undefined);
  };
  const dispose = work.io.onStop((kind) => {
    stops.push(kind);
    cancel();
  });
  try {
    for (const file of files) started.push(await datasets.startOne(file, options(file)));
    if (stops.length > 0) cancel();
    return await outcomesOf(work, started, stops);
  } finally {
    dispose();
  }
};

const outcomesOf = async (
  work: Workplace,
  started: readonly StartedImport[],
  stops: readonly StopKind[],
): Promise<ImportOutcome[]> => {
  const hide = showProgress(work, new Map(started.map(({ dataset }) => [dataset.id, dataset.name])));
  try {
    const outcomes = await Promise.all(started.map(({ finished }) => finished));
    const [stopped] = stops;
    if (stopped && outcomes.includes(null)) throw importStopped(stopped);
    return outcomes.filter((outcome) => outcome !== null);
  } finally {
    hide();
    work.output.endLive();
  }
};

const importStopped = (kind: StopKind): Stopped =>
  new Stopped(kind, 'The import was stopped; nothing of what was unfinished is kept.', 'Import it again.');
