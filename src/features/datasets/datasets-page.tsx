import { Database, FlaskConical, Upload } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../components/button';
import { Segments } from '../../components/fields';
import { formatAmount, formatCount } from '../../components/format';
import { Page, Panel } from '../../components/layout';
import { Async, EmptyState } from '../../components/states';
import type { Dataset } from '../../lib/types/lora-training';
import { mapLoaded, useLive } from '../../live-store';
import type { Loaded } from '../../live-store';
import { datasets } from '../../stores';
import { chooseAndImport } from '../import';
import { importSample } from './import-files';
import { DatasetBin } from './parts/dataset-bin';
import { DatasetList } from './parts/dataset-list';

const PLACES = [
  { value: 'kept', label: 'Kept' },
  { value: 'bin', label: 'Bin' },
] as const;

export const DatasetsPage = () => {
  const [, navigate] = useLocation();
  const [place, setPlace] = useState<(typeof PLACES)[number]['value']>('kept');
  const all = mapLoaded(useLive(datasets), (rows) =>
    [...rows.values()].filter(({ deleted_at }) => deleted_at === null),
  );
  const usable =
    all.kind === 'ready' ? all.value.reduce((sum, { report }) => sum + (report?.usable_records ?? 0), 0) : 0;
  return (
    <Page
      title="Datasets"
      note={
        all.kind === 'ready' && all.value.length > 0
          ? `${formatAmount(all.value.length, 'dataset')}, ${formatCount(usable)} usable records`
          : null
      }
      actions={
        <>
          <Segments label="Which datasets" value={place} options={PLACES} onChange={setPlace} />
          <Button look="filled" icon={Upload} shortcut="O" onClick={() => void chooseAndImport(navigate)}>
            Import
          </Button>
        </>
      }
    >
      {place === 'bin' ? <DatasetBin /> : <Kept all={all} />}
    </Page>
  );
};

const Kept = ({ all }: { readonly all: Loaded<readonly Dataset[]> }) => (
  <Async
    framed
    state={all}
    skeleton={<DatasetList rows={null} />}
    errorTitle="The list of datasets cannot be read"
    onRetry={() => void datasets.reload()}
  >
    {(rows) => (rows.length === 0 ? <NoDatasets /> : <DatasetList rows={rows} />)}
  </Async>
);

const NoDatasets = () => {
  const [, navigate] = useLocation();
  return (
    <Panel plain>
      <EmptyState
        icon={Database}
        title="No datasets yet"
        actions={
          <>
            <Button icon={Upload} onClick={() => void chooseAndImport(navigate)}>
              Choose files…
            </Button>
            <Button look="plain" icon={FlaskConical} onClick={() => void importSample(navigate)}>
              Use the bundled sample
            </Button>
          </>
        }
      >
        A dataset is a file of examples that a model learns from: conversations, questions with answers, or
        plain text. It is copied into the data folder and never leaves this machine.
      </EmptyState>
      <p className="-mt-6 px-12 pb-10 text-ink-2">Or drop files anywhere in this window.</p>
    </Panel>
  );
};
