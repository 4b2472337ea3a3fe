import { Box, Database, FlaskConical, Play, TriangleAlert, Upload } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { Button } from '../../components/button';
import { FileText } from '../../components/file-text';
import { Page, Panel, Skeleton } from '../../components/layout';
import { EmptyState, ErrorNote, ErrorState } from '../../components/states';
import { visibleText } from '../../lib/visible-text';
import { useLive } from '../../live-store';
import { paths } from '../../paths';
import { baseModels, datasets, jobs } from '../../stores';
import { useAction } from '../../use-load';
import { importSample } from '../datasets';
import { chooseAndImport } from '../import';
import { Advanced } from './parts/advanced';
import { DataCard, ModelCard } from './parts/choices';
import { Recipes } from './parts/recipes';
import { Review } from './parts/review';
import { LoadSettings, SaveRecipe } from './parts/settings-files';
import { startBlock } from './start-block';
import { useEstimates } from './use-estimates';
import type { Estimates } from './use-estimates';
import { useNewRun } from './use-new-run';
import type { NewRun } from './use-new-run';
import type { Origin } from './use-sources';

export const NewRunPage = (origin: Origin) => {
  const [, navigate] = useLocation();
  const run = useNewRun(origin);
  const action = useAction();
  const there = useThere(run);
  const estimates = useEstimates(run.requestOf);
  const block = there === 'form' ? startBlock(run, estimates) : null;
  const ready = there === 'form' && run.request !== null && block === null;
  const note = noteOf(run, origin);
  const start = () => {
    const { request } = run;
    if (!ready || !request) return;
    action.run('start', async () => {
      const job = await api.jobs.create({ ...request, name: run.name });
      jobs.put(job);
      navigate(paths.job(job.id));
    });
  };
  useCtrlEnter(start);
  return (
    <Page
      title="New run"
      dense
      note={<Note text={note} />}
      actions={
        <>
          {block ? <Block reason={block} /> : null}
          {there === 'form' || there === 'waiting' ? (
            <>
              <LoadSettings run={run} action={action} disabled={there === 'waiting'} />
              <SaveRecipe run={run} action={action} />
            </>
          ) : null}
          <Button
            look="filled"
            icon={Play}
            shortcut="Ctrl ⏎"
            busy={action.busy === 'start'}
            disabled={!ready}
            onClick={start}
          >
            Start run
          </Button>
        </>
      }
    >
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <Body run={run} there={there} estimates={estimates} setting={origin.setting} />
    </Page>
  );
};

/** Gives way to what keeps the run from starting, and can still be read; there before its words, so that they are said. */
const Note = ({ text }: { readonly text: string | null }) => (
  <span role="status" title={text === null ? undefined : visibleText(text)}>
    {text === null ? null : <FileText>{text}</FileText>}
  </span>
);

/** Beside the button that it keeps from being pressed. */
const Block = ({ reason }: { readonly reason: string }) => (
  <p role="status" className="flex items-center gap-1.5 text-xs text-bad">
    <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
    <FileText>{reason}</FileText>
  </p>
);

type There = 'waiting' | 'no data' | 'no models' | 'form' | 'no list';

/** What of a run there is to show. */
const useThere = (run: NewRun): There => {
  const [data, models] = [useLive(datasets), useLive(baseModels)];
  if (data.kind === 'error' || models.kind === 'error') return 'no list';
  if (data.kind === 'loading' || models.kind === 'loading' || run.waiting) return 'waiting';
  if (run.usable.length === 0) return 'no data';
  return run.models.length === 0 ? 'no models' : 'form';
};

const noteOf = (run: NewRun, origin: Origin): string | null => {
  if (run.file) return `Filled from file “${run.file.file_name}”`;
  if (run.past) return `Filled from run “${run.past.name}”`;
  return run.dataset && run.dataset.id === origin.datasetId
    ? `Filled from dataset “${run.dataset.name}”`
    : null;
};

const useCtrlEnter = (start: () => void) => {
  const onStart = useEffectEvent(start);
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onStart();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
};

interface Filled {
  readonly run: NewRun;
  readonly estimates: Estimates;
  readonly setting?: string;
}

const Body = ({ there, ...filled }: Filled & { readonly there: There }) => {
  switch (there) {
    case 'no list':
      return <NoList />;
    case 'waiting':
      return <Waiting />;
    case 'no data':
      return <NoData />;
    case 'no models':
      return <NoModels />;
    case 'form':
      return <Form {...filled} />;
  }
};

const NoList = () => {
  const [data, models] = [useLive(datasets), useLive(baseModels)];
  const failed =
    data.kind === 'error'
      ? { title: 'The datasets cannot be read', error: data.error, list: datasets }
      : models.kind === 'error'
        ? { title: 'The base models cannot be read', error: models.error, list: baseModels }
        : null;
  return failed ? (
    <Panel plain>
      <ErrorState title={failed.title} error={failed.error} onRetry={() => void failed.list.reload()} />
    </Panel>
  ) : null;
};

const NoData = () => {
  const [, navigate] = useLocation();
  return (
    <Panel plain>
      <EmptyState
        icon={Database}
        title="A run needs a dataset"
        actions={
          <>
            <Button icon={Upload} onClick={() => void chooseAndImport(navigate)}>
              Choose files…
            </Button>
            <Button look="plain" icon={FlaskConical} onClick={() => void importSample()}>
              Use the bundled sample
            </Button>
          </>
        }
      >
        Import a file of examples first, or begin with the sample that comes with the app.
      </EmptyState>
    </Panel>
  );
};

const NoModels = () => {
  const [, navigate] = useLocation();
  return (
    <Panel plain>
      <EmptyState
        icon={Box}
        title="A run needs a base model"
        actions={<Button onClick={() => navigate(paths.settings)}>Add a base model</Button>}
      >
        Any local Hugging Face folder with safetensors will do.
      </EmptyState>
    </Panel>
  );
};

const CARDS = 'grid shrink-0 grid-cols-1 gap-4 medium:grid-cols-2';

/** The places of what is to come. */
const Waiting = () => (
  <div role="status" aria-label="Reading…" className="flex flex-col gap-3">
    <div className={CARDS}>
      {[1, 2].map((card) => (
        <Panel key={card} plain className="flex h-42 flex-col gap-4 p-4">
          <Skeleton className="w-1/4" />
          <Skeleton className="w-1/2" />
          <Skeleton className="w-1/3" />
        </Panel>
      ))}
    </div>
    <Skeleton className="mt-1 w-1/3" />
    <div className="mt-1 grid grid-cols-1 gap-3 medium:grid-cols-2 wide:grid-cols-4">
      {[1, 2, 3, 4].map((card) => (
        <Panel key={card} plain className="flex h-72 flex-col gap-6 p-4">
          <Skeleton className="w-1/2" />
          <Skeleton className="w-3/4" />
          <Skeleton />
          <Skeleton className="w-2/3" />
        </Panel>
      ))}
    </div>
    <Panel plain className="flex h-10.5 items-center px-4">
      <Skeleton className="w-1/4" />
    </Panel>
    <Panel plain className="flex h-26 flex-col gap-4 p-4">
      <Skeleton className="w-1/2" />
      <Skeleton className="w-3/4" />
    </Panel>
  </div>
);

const Form = ({ run, estimates, setting }: Filled) => (
  <>
    <div className={CARDS}>
      <DataCard run={run} estimates={estimates} />
      <ModelCard run={run} />
    </div>
    <Recipes run={run} estimates={estimates} />
    <Advanced run={run} focus={setting} />
    <Review run={run} estimates={estimates} />
  </>
);
