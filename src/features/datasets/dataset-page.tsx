import { Database, Plus } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { attempt } from '../../attempt';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { Input } from '../../components/fields';
import { formatCount } from '../../components/format';
import { Page } from '../../components/layout';
import { AlertDialog, Dialog, Menu, Tabs } from '../../components/overlays';
import { DatasetSkeleton } from '../../components/skeletons';
import { ErrorNote } from '../../components/states';
import { ThingPage } from '../../components/thing-page';
import { showToast } from '../../components/toasts';
import type { Dataset } from '../../lib/types/lora-training';
import { useLive } from '../../live-store';
import { useKeptTab } from '../../kept-state';
import { useDialogs } from '../../page-asks';
import { paths } from '../../paths';
import { datasets } from '../../stores';
import { useAction } from '../../use-load';
import { datasetState } from './dataset-words';
import { isDesigned } from './scaffolding-cells';
import { Conversations } from './parts/conversations';
import { ModelView } from './parts/model-view';
import { Overview } from './parts/overview';
import { Problems } from './parts/problems';
import { ScaffoldingTable } from './parts/scaffolding-table';
import { Tokens } from './parts/tokens';

const DIALOGS = ['rename', 'delete'] as const;
const PARENT = { label: 'Datasets', href: paths.datasets };

export const DatasetPage = ({ id }: { readonly id: string }) => (
  <ThingPage
    id={id}
    state={useLive(datasets)}
    thing="dataset"
    icon={Database}
    parent={PARENT}
    skeleton={<DatasetSkeleton />}
    onRetry={() => void datasets.reload()}
  >
    {(dataset) => <Ready key={dataset.id} dataset={dataset} />}
  </ThingPage>
);

const Ready = ({ dataset }: { readonly dataset: Dataset }) => {
  const [, navigate] = useLocation();
  const [tab, setTab] = useKeptTab(paths.dataset(dataset.id), 'overview');
  const [shownRecord, setShownRecord] = useState<number | undefined>();
  const showRecord = (index: number) => {
    setShownRecord(index);
    setTab('view');
  };
  const { words, tone } = datasetState(dataset);
  const usable = dataset.report?.usable_records ?? 0;
  const tabs = [
    { id: 'overview', label: 'Overview', content: <Overview dataset={dataset} /> },
    {
      id: 'problems',
      label: 'Problems',
      count: formatCount(dataset.report?.problems_total ?? 0),
      content: <Problems dataset={dataset} />,
    },
    {
      id: 'conversations',
      label: 'Records',
      count: formatCount(usable),
      content: <Conversations dataset={dataset} />,
    },
    { id: 'tokens', label: 'Tokens', content: <Tokens dataset={dataset} onRecord={showRecord} /> },
    ...(isDesigned(dataset)
      ? [{ id: 'scaffolding', label: 'Scaffolding', content: <ScaffoldingTable dataset={dataset} /> }]
      : []),
    {
      id: 'view',
      label: 'What the model sees',
      content: <ModelView key={shownRecord} dataset={dataset} start={shownRecord} />,
    },
  ];
  return (
    <Page
      title={dataset.name}
      parent={PARENT}
      dense
      badges={<Badge tone={tone}>{words}</Badge>}
      actions={
        <>
          <DatasetMenu dataset={dataset} />
          <Button
            look="filled"
            icon={Plus}
            shortcut="N"
            disabled={!dataset.training_ready}
            onClick={() => navigate(paths.newRunOn(dataset.id))}
          >
            New run
          </Button>
        </>
      }
    >
      <Tabs label="Dataset" tabs={tabs} value={tab} onChange={setTab} fill />
    </Page>
  );
};

const DatasetMenu = ({ dataset }: { readonly dataset: Dataset }) => {
  const [, navigate] = useLocation();
  const [open, setOpen] = useDialogs(paths.dataset(dataset.id), DIALOGS);
  const close = () => setOpen(null);
  const remove = async () => {
    await api.datasets.delete({ id: dataset.id });
    showToast(`“${dataset.name}” deleted`, 'Restore it from the palette: Ctrl K, “Restore”.');
    navigate(paths.datasets);
  };
  return (
    <>
      <Menu
        label="More"
        actions={[
          { label: 'Rename…', onSelect: () => setOpen('rename') },
          { label: 'Delete…', onSelect: () => setOpen('delete') },
        ]}
      />
      <Dialog open={open === 'rename'} onOpenChange={close} title="Rename the dataset">
        <Rename dataset={dataset} onDone={close} />
      </Dialog>
      <AlertDialog
        open={open === 'delete'}
        onOpenChange={close}
        title={`Delete “${dataset.name}”?`}
        confirm="Delete dataset"
        onConfirm={() => void attempt(`“${dataset.name}” was not deleted`, remove)}
      >
        The copy in the data folder goes to the bin; it can be restored. Your original file, past runs and
        their models stay.
      </AlertDialog>
    </>
  );
};

const Rename = ({ dataset, onDone }: { readonly dataset: Dataset; readonly onDone: () => void }) => {
  const [name, setName] = useState(dataset.name);
  const action = useAction();
  const save = async () => {
    datasets.put(await api.datasets.rename({ id: dataset.id, name }));
    onDone();
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        action.run('save', save);
      }}
    >
      <Input
        aria-label="Name"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
      />
      <ErrorNote error={action.failure} />
      <Button
        look="filled"
        submit
        className="self-end"
        busy={action.busy !== null}
        disabled={name.trim() === ''}
      >
        Rename
      </Button>
    </form>
  );
};
