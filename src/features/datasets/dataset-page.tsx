import { Check, Database, Plus, Upload } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { decapitalised, formatCount } from '../../components/format';
import { Page } from '../../components/layout';
import { Dialog, Menu, Tabs } from '../../components/overlays';
import type { Tab } from '../../components/overlays';
import { DatasetSkeleton } from '../../components/skeletons';
import { ThingPage } from '../../components/thing-page';
import { problemAmounts } from '../../lib/messages/problem-amounts';
import { readiness } from '../../lib/training/readiness';
import { ANY_PROBLEM } from '../../lib/types/dataset-records';
import type { ProblemFilter, RecordSide } from '../../lib/types/dataset-records';
import type { Dataset } from '../../lib/types/lora-training';
import { useLive } from '../../live-store';
import { useKeptTab } from '../../kept-state';
import { useDialogs } from '../../page-asks';
import { paths } from '../../paths';
import { datasets } from '../../stores';
import { datasetState, filterWords } from './dataset-words';
import { isDesigned } from './scaffolding-cells';
import { Conversations } from './parts/conversations';
import { DeleteDataset } from './parts/delete-dataset';
import { DescribeDataset } from './parts/describe-dataset';
import { EditDialog } from './parts/edit-dialog';
import { FixesDialog } from './parts/fixes-dialog';
import { MadeNote } from './parts/made-note';
import { ModelView } from './parts/model-view';
import { NewVersionDialog } from './parts/new-version-dialog';
import { Overview } from './parts/overview';
import { Problems } from './parts/problems';
import type { Places } from './parts/readiness';
import { RawMetadata } from './parts/raw-metadata';
import { ScaffoldingTable } from './parts/scaffolding-table';
import { Tokens } from './parts/tokens';
import { Versions } from './parts/versions';
import type { Compared } from './parts/versions';
import { placeOf, useEdits } from './use-edits';
import type { Edits } from './use-edits';

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
  const edits = useEdits(dataset);
  const [compared, setCompared] = useState<Compared | null>(null);
  const tabs = useTabs({ edits, setTab, compared, setCompared });
  const { words, tone } = datasetState(dataset);
  const blocked = readiness(dataset).find(({ kind }) => kind === 'blocking');
  return (
    <Page
      title={dataset.name}
      parent={PARENT}
      dense
      badges={
        <>
          <VersionBadge edits={edits} />
          <Badge tone={tone} {...(tone === 'good' && { icon: Check })}>
            {words}
          </Badge>
        </>
      }
      actions={
        <>
          {blocked ? <p className="text-xs text-ink-2">No run: {decapitalised(blocked.reason)}</p> : null}
          <DatasetMenu dataset={dataset} />
          {dataset.status === 'ready' ? (
            <Button icon={Upload} onClick={() => void edits.askFile()}>
              New version…
            </Button>
          ) : null}
          <Button
            look="filled"
            icon={Plus}
            shortcut="N"
            disabled={blocked !== undefined}
            onClick={() => navigate(paths.newRunOn(dataset.id))}
          >
            New run
          </Button>
        </>
      }
    >
      <MadeNote
        edits={edits}
        onDiff={(from, to) => {
          setCompared({ from, to });
          setTab('versions');
        }}
      />
      <Tabs label="Dataset" tabs={tabs} value={tab} onChange={setTab} fill />
      <EditDialog edits={edits} />
      <FixesDialog edits={edits} />
      <NewVersionDialog edits={edits} />
    </Page>
  );
};

const VersionBadge = ({ edits: { versions } }: { readonly edits: Edits }) =>
  versions.kind === 'ready' && versions.value.length > 0 ? (
    <Badge>{`Version ${placeOf(versions).current}`}</Badge>
  ) : null;

interface TabsOptions {
  readonly edits: Edits;
  readonly setTab: (tab: string) => void;
  readonly compared: Compared | null;
  readonly setCompared: (compared: Compared) => void;
}

/** Each tab's content, and the ways from one to another. */
const useTabs = ({ edits, setTab, compared, setCompared }: TabsOptions): Tab[] => {
  const { dataset, versions } = edits;
  const [shownRecord, setShownRecord] = useState<number | undefined>();
  const [filter, setFilter] = useState<Partial<ProblemFilter> | undefined>();
  const [side, setSide] = useState<RecordSide | undefined>();
  const showExcluded = () => {
    setSide('excluded');
    setTab('conversations');
  };
  const showRecord = (index: number) => {
    setShownRecord(index);
    setTab('view');
  };
  const places: Places = {
    ...editsAsked(edits),
    problems: (next) => {
      setFilter(next);
      setTab('problems');
    },
    duplicates: () => setTab('tokens'),
    tokens: () => setTab('tokens'),
  };
  return [
    { id: 'overview', label: 'Overview', content: <Overview dataset={dataset} places={places} /> },
    {
      id: 'problems',
      label: 'Problems',
      count: formatCount(problemAmounts(dataset.report).problems),
      content: <Problems edits={edits} start={filter} onExcluded={showExcluded} />,
    },
    {
      id: 'conversations',
      label: 'Records',
      count: formatCount(dataset.report?.usable_records ?? 0),
      content: <Conversations key={side} edits={edits} start={side} />,
    },
    { id: 'tokens', label: 'Tokens', content: <Tokens edits={edits} onRecord={showRecord} /> },
    ...(isDesigned(dataset)
      ? [{ id: 'scaffolding', label: 'Scaffolding', content: <ScaffoldingTable dataset={dataset} /> }]
      : []),
    {
      id: 'view',
      label: 'What the model sees',
      content: <ModelView key={shownRecord} dataset={dataset} start={shownRecord} />,
    },
    {
      id: 'versions',
      label: 'Versions',
      ...(versions.kind === 'ready' && { count: formatCount(versions.value.length) }),
      content: <Versions edits={edits} compared={compared} onCompare={setCompared} />,
    },
    {
      id: 'raw',
      label: 'Raw metadata',
      content: <RawMetadata dataset={dataset} versions={versions} />,
    },
  ];
};

const editsAsked = (edits: Edits): Pick<Places, 'exclude' | 'repeats' | 'fixes' | 'renew'> => ({
  exclude: (filter) => {
    const problem = { ...ANY_PROBLEM, ...filter };
    void edits.askFitting({ query: '', problem, which: `${filterWords(problem)}.` });
  },
  repeats: () => void edits.askRepeated(),
  fixes: () => edits.ask('fixes'),
  renew: () => void edits.askFile(),
});

const DatasetMenu = ({ dataset }: { readonly dataset: Dataset }) => {
  const [, navigate] = useLocation();
  const [open, setOpen] = useDialogs(paths.dataset(dataset.id), DIALOGS);
  const close = () => setOpen(null);
  return (
    <>
      <Menu
        label="More"
        actions={[
          { label: 'Name, description, tags…', onSelect: () => setOpen('rename') },
          { label: 'Delete…', onSelect: () => setOpen('delete') },
        ]}
      />
      <Dialog open={open === 'rename'} onOpenChange={close} title="What this dataset is">
        <DescribeDataset dataset={dataset} onDone={close} />
      </Dialog>
      <DeleteDataset
        dataset={dataset}
        open={open === 'delete'}
        onClose={close}
        onDeleted={() => navigate(paths.datasets)}
      />
    </>
  );
};
