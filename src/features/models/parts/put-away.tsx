import { Archive } from 'lucide-react';
import { Link } from 'wouter';
import { attempt } from '../../../attempt';
import { Button } from '../../../components/button';
import { DataTable } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { FileText } from '../../../components/file-text';
import { NOTHING } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async, EmptyState } from '../../../components/states';
import { Ago } from '../../../components/time';
import type { ModelArtifact } from '../../../lib/types/model-artifact';
import { paths } from '../../../paths';
import { putAwayModels } from '../../../stores';
import { bringBack, usePutAway } from '../put-away';

const BringBack = ({ model }: { readonly model: ModelArtifact }) => (
  <Button
    small
    aria-label={`Bring ${model.name} back`}
    onClick={() => void attempt(`“${model.name}” was not brought back`, () => bringBack(model))}
  >
    Bring back
  </Button>
);

const COLUMNS: readonly Column<ModelArtifact>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    cell: ({ name }) => (
      <span className="font-medium">
        <FileText>{name}</FileText>
      </span>
    ),
  },
  { key: 'version', head: 'Version', cell: ({ version }) => version },
  { key: 'base', head: 'Base model', cell: ({ training_summary }) => training_summary.base_model_name },
  {
    key: 'run',
    head: 'Run',
    cell: ({ job_id, name }) =>
      job_id === null ? (
        NOTHING
      ) : (
        <Link
          href={paths.job(job_id)}
          aria-label={`Run of ${name}`}
          className="text-accent-text hover:underline"
        >
          Open its run
        </Link>
      ),
  },
  {
    key: 'away',
    head: 'Put away',
    right: true,
    cell: ({ deleted_at }) => (deleted_at ? <Ago time={deleted_at} /> : NOTHING),
  },
  {
    key: 'actions',
    head: 'Actions',
    quiet: true,
    cell: (model) => <BringBack model={model} />,
  },
];

/** Out of sight, with the way back; for good they go with the run that made them. */
export const PutAway = () => {
  const state = usePutAway();
  return (
    <Async
      framed
      state={state}
      errorTitle="What was put away cannot be read"
      onRetry={() => void putAwayModels.reload()}
    >
      {(rows) =>
        rows.length === 0 ? (
          <Panel plain>
            <EmptyState icon={Archive} title="Nothing was put away">
              A model that you delete is put away here, with its files, until you bring it back or delete its
              run.
            </EmptyState>
          </Panel>
        ) : (
          <>
            <p className="text-ink-2">
              Their files stay in the data folder. They go for good when the run that made them is deleted.
            </p>
            <Panel plain>
              <DataTable label="Put away" columns={COLUMNS} rows={rows} rowKey={({ id }) => id} />
            </Panel>
          </>
        )
      }
    </Async>
  );
};
