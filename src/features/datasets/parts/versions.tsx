import { Check, Copy, GitCompare, History } from 'lucide-react';
import { Link } from 'wouter';
import { Badge } from '../../../components/badge';
import { Button, IconButton } from '../../../components/button';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { Select } from '../../../components/fields';
import { FileText } from '../../../components/file-text';
import { formatCount, formatHash, NOTHING } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async, EmptyState } from '../../../components/states';
import { Ago } from '../../../components/time';
import { useCopy } from '../../../components/use-copy';
import type { DatasetVersion } from '../../../lib/types/dataset-versions';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { paths } from '../../../paths';
import { jobs } from '../../../stores';
import type { Edits } from '../use-edits';
import { currentOf, useVersionDiff } from '../use-versions';
import { madeWords } from '../version-words';
import { VersionDifference } from './version-diff';

/** Two versions to be compared, by their numbers. */
export interface Compared {
  readonly from: number;
  readonly to: number;
}

interface VersionsProps {
  readonly edits: Edits;
  /** Null until someone chooses two. */
  readonly compared: Compared | null;
  readonly onCompare: (compared: Compared) => void;
}

export const Versions = ({ edits, compared, onCompare }: VersionsProps) => (
  <Async state={edits.versions} errorTitle="The versions cannot be read" rows={3} framed>
    {(versions) =>
      versions.length === 0 ? (
        <Panel plain>
          <EmptyState icon={History} title="No versions">
            A version is made of the records that can be used, and this file has none.
          </EmptyState>
        </Panel>
      ) : (
        <Ledger versions={versions} edits={edits} compared={compared} onCompare={onCompare} />
      )
    }
  </Async>
);

const Ledger = ({
  versions,
  edits,
  compared,
  onCompare,
}: VersionsProps & { readonly versions: readonly DatasetVersion[] }) => {
  const runs = useRows(jobs);
  const current = currentOf(versions)?.number ?? 1;
  const usual = { from: current > 1 ? current - 1 : (versions[0]?.number ?? 1), to: current };
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Versions" plain note="None is ever changed: every edit makes another one.">
        <div className="overflow-x-auto">
          <DataTable
            label="Versions"
            columns={columnsOf({ runs, edits, current, onCompare })}
            rows={versions}
            rowKey={({ id }) => id}
          />
        </div>
      </Panel>
      {versions.length > 1 ? (
        <Difference edits={edits} versions={versions} compared={compared ?? usual} onCompare={onCompare} />
      ) : (
        <p className="px-4 text-ink-2">
          Exclude records or apply a safe fix, and the difference of the two versions shows here.
        </p>
      )}
    </div>
  );
};

interface Cells {
  readonly runs: readonly TrainingJob[];
  readonly edits: Edits;
  readonly current: number;
  readonly onCompare: (compared: Compared) => void;
}

const columnsOf = ({ runs, edits, current, onCompare }: Cells): readonly Column<DatasetVersion>[] => [
  {
    key: 'number',
    head: 'Version',
    cell: ({ number, is_current }) => (
      <span className="flex items-center gap-2 font-medium">
        {number}
        {is_current ? <Badge tone="accent">in use</Badge> : null}
      </span>
    ),
  },
  {
    key: 'made',
    head: 'What was done',
    grow: true,
    cell: (version) => (
      <span className="block py-1.5 wrap-break-word whitespace-normal max-medium:py-0">
        {madeWords(version)}
        {version.file_name === null ? null : (
          <span className="block text-xs text-ink-2">
            <FileText>{version.file_name}</FileText>
          </span>
        )}
      </span>
    ),
  },
  { key: 'records', head: 'Records', right: true, cell: ({ records }) => formatCount(records) },
  { key: 'when', head: 'Made', right: true, cell: ({ created_at }) => <Ago time={created_at} /> },
  {
    key: 'hash',
    head: 'Content hash',
    wide: true,
    cell: ({ number, sha256 }) => <Hash number={number} hash={sha256} />,
  },
  { key: 'runs', head: 'Runs', cell: ({ runs: ids }) => <Runs ids={ids} runs={runs} /> },
  {
    key: 'actions',
    head: 'Actions',
    quiet: true,
    right: true,
    cell: ({ number, is_current }) =>
      is_current ? null : (
        <span className="flex justify-end gap-2">
          <Button
            small
            icon={GitCompare}
            aria-label={`Compare version ${number} with the one in use`}
            onClick={() => onCompare({ from: number, to: current })}
          >
            Compare
          </Button>
          <Button
            small
            icon={History}
            aria-label={`Use version ${number}`}
            onClick={() => void edits.use(number)}
          >
            Use this version
          </Button>
        </span>
      ),
  },
];

const Hash = ({ number, hash }: { readonly number: number; readonly hash: string }) => {
  const { copied, copy } = useCopy(hash);
  return (
    <span className="flex items-center gap-1">
      <span className="font-mono text-mono text-ink-2" title={hash}>
        {formatHash(hash)}
      </span>
      <IconButton
        small
        look="plain"
        icon={copied ? Check : Copy}
        label={copied ? 'Copied' : `Copy the hash of version ${number}`}
        onClick={copy}
      />
    </span>
  );
};

const RUNS_SHOWN = 2;

const Runs = ({ ids, runs }: { readonly ids: readonly string[]; readonly runs: readonly TrainingJob[] }) => {
  const known = runs.filter(({ id }) => ids.includes(id));
  if (ids.length === 0) return <span className="text-ink-3">{NOTHING}</span>;
  return (
    <span className="flex max-w-28 flex-col">
      {known.slice(0, RUNS_SHOWN).map(({ id, name }) => (
        <Link
          key={id}
          href={paths.job(id)}
          title={name}
          className="truncate text-accent-text hover:underline"
        >
          {name}
        </Link>
      ))}
      {ids.length > RUNS_SHOWN || known.length === 0 ? (
        <span className="text-xs text-ink-3">
          {formatCount(ids.length - Math.min(known.length, RUNS_SHOWN))} more
        </span>
      ) : null}
    </span>
  );
};

const Difference = ({
  edits: { dataset },
  versions,
  compared,
  onCompare,
}: {
  readonly edits: Edits;
  readonly versions: readonly DatasetVersion[];
  readonly compared: Compared;
  readonly onCompare: (compared: Compared) => void;
}) => {
  const { state, reload } = useVersionDiff(dataset, compared);
  const options = versions.map(({ number }) => ({ value: String(number), label: `Version ${number}` }));
  return (
    <Panel
      title="Difference"
      plain
      actions={
        <>
          <Select
            small
            label="From version"
            value={String(compared.from)}
            options={options}
            onChange={(next) => onCompare({ ...compared, from: Number(next) })}
          />
          <span aria-hidden>→</span>
          <Select
            small
            label="To version"
            value={String(compared.to)}
            options={options}
            onChange={(next) => onCompare({ ...compared, to: Number(next) })}
          />
        </>
      }
    >
      <Async state={state} errorTitle="The versions cannot be compared" onRetry={reload} rows={3}>
        {(diff) => (
          <VersionDifference
            key={`${diff.from} ${diff.to}`}
            datasetId={dataset.id}
            diff={{ ...diff, to: compared.to }}
          />
        )}
      </Async>
    </Panel>
  );
};
