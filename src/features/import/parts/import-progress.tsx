import { useStore } from 'zustand';
import { Link } from 'wouter';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { ProgressBar } from '../../../components/bars';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { formatAmount } from '../../../components/format';
import type { ImportProgress as Progress } from '../../../lib/contract/contract';
import { problemAmountWords } from '../../../lib/messages/problem-amounts';
import { withoutFlags } from '../../../lib/messages/without-flags';
import type { Dataset } from '../../../lib/types/lora-training';
import { useLive } from '../../../live-store';
import { paths } from '../../../paths';
import { datasets, imports } from '../../../stores';
import { changeFile } from '../import-store';
import { importWords, phaseShare } from '../import-words';
import type { ImportFile } from '../import-file';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';
import { Repeated } from './repeated';

const useImported = (id: string | null): Dataset | undefined => {
  const rows = useLive(datasets);
  return rows.kind === 'ready' && id !== null ? rows.value.get(id) : undefined;
};

const hasEnded = ({ status, deleted_at }: Dataset): boolean =>
  deleted_at !== null || status === 'ready' || status === 'error';

/** Whether an import is known to be under way. */
export const useIsImporting = (id: string | null): boolean => {
  const dataset = useImported(id);
  return dataset !== undefined && !hasEnded(dataset);
};

/** A file whose import was started, to its end. */
export const ImportProgress = ({ file, id }: { readonly file: ImportFile; readonly id: string }) => {
  const dataset = useImported(id);
  const progress = useStore(imports, (all) => all.get(id));
  if (dataset?.deleted_at) return <Cancelled file={file} />;
  if (dataset?.status === 'ready') return <Done dataset={dataset} />;
  if (dataset?.status === 'error') return <Failed dataset={dataset} file={file} />;
  return <Running id={id} name={file.preview?.file_name ?? file.path} progress={progress} />;
};

const Running = ({
  id,
  name,
  progress,
}: {
  readonly id: string;
  readonly name: string;
  readonly progress: Progress | undefined;
}) => {
  const cancel = () => api.datasets.cancel_import({ id });
  return (
    <div className="flex items-center gap-4">
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <ProgressBar label={`Import of ${name}`} value={progress ? phaseShare(progress) * 100 : 0} />
        <p className="text-xs text-ink-2 tabular-nums">
          {progress ? importWords(progress) : 'Waits for its turn'}
        </p>
      </div>
      <Button onClick={() => void attempt('The import was not cancelled', cancel)}>Cancel</Button>
    </div>
  );
};

const Done = ({ dataset }: { readonly dataset: Dataset }) => {
  const { usable_records = 0 } = dataset.report ?? {};
  const problems = problemAmountWords(dataset.report);
  return (
    <div className="flex items-center gap-3">
      <Badge tone="good">Imported</Badge>
      <p className="min-w-0 flex-1 text-ink-2">
        {formatAmount(usable_records, 'usable record')}
        {problems === null ? '' : `, ${problems}`}
        <Repeated report={dataset.report} lead=", " />
      </p>
      <Link
        href={paths.dataset(dataset.id)}
        title={visibleText(dataset.name)}
        className="max-w-1/2 truncate font-medium text-accent-text"
      >
        <FileText>{`Open “${dataset.name}”`}</FileText>
      </Link>
    </div>
  );
};

const again = (file: ImportFile) => () => changeFile(file.path, { datasetId: null });

const failureWords = ({ report }: Dataset): string => {
  const [first] = report?.problems ?? [];
  const suggestion = first?.suggestion && withoutFlags(first.suggestion, 'Read it another way.');
  return [first?.error ?? report?.reason, suggestion].filter(Boolean).join(' ');
};

const Failed = ({ dataset, file }: { readonly dataset: Dataset; readonly file: ImportFile }) => (
  <div role="alert" className="flex items-center gap-3">
    <Badge tone="bad">Cannot be used</Badge>
    <p className="min-w-0 flex-1">
      <FileText>{failureWords(dataset)}</FileText>
    </p>
    <Button onClick={again(file)}>Read it another way</Button>
    <Link href={paths.dataset(dataset.id)} className="font-medium text-accent-text">
      All problems
    </Link>
  </div>
);

const Cancelled = ({ file }: { readonly file: ImportFile }) => (
  <div className="flex items-center gap-3">
    <Badge>Cancelled</Badge>
    <p className="min-w-0 flex-1 text-ink-2">Nothing of it was kept.</p>
    <Button onClick={again(file)}>Look at it again</Button>
  </div>
);
