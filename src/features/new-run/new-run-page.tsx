import { Box, Database, FlaskConical, Play, Upload } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { Button } from '../../components/button';
import { Page, Panel, Skeleton } from '../../components/layout';
import { EmptyState, ErrorNote, ErrorState } from '../../components/states';
import type { RunRequest } from '../../lib/contract/contract';
import type { BaseModel } from '../../lib/types/base-model';
import type { Dataset } from '../../lib/types/lora-training';
import { useLive } from '../../live-store';
import { paths } from '../../paths';
import { baseModels, datasets, jobs } from '../../stores';
import { useAction } from '../../use-load';
import { chooseAndImport, importSample } from '../datasets';
import { Advanced } from './parts/advanced';
import { DataCard, ModelCard } from './parts/choices';
import { Recipes } from './parts/recipes';
import { Review } from './parts/review';
import { useEstimates } from './use-estimates';
import { useNewRun } from './use-new-run';
import type { NewRun, Origin } from './use-new-run';

export const NewRunPage = (origin: Origin) => {
  const [, navigate] = useLocation();
  const run = useNewRun(origin);
  const action = useAction();
  const ready = run.request !== null && run.name.trim() !== '' && Object.keys(run.errors).length === 0;
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
      note={noteOf(run, origin)}
      actions={
        <Button
          look="filled"
          icon={Play}
          shortcut="Ctrl ⏎"
          busy={action.busy !== null}
          disabled={!ready}
          onClick={start}
        >
          Start run
        </Button>
      }
    >
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <Body run={run} setting={origin.setting} />
    </Page>
  );
};

const noteOf = (run: NewRun, origin: Origin): string | null => {
  if (run.past) return `Filled from run “${run.past.name}”`;
  return origin.datasetId && run.dataset ? `Filled from dataset “${run.dataset.name}”` : null;
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

const Body = ({ run, setting }: { readonly run: NewRun; readonly setting?: string }) => {
  const [, navigate] = useLocation();
  const [data, models] = [useLive(datasets), useLive(baseModels)];
  if (data.kind === 'error')
    return (
      <Panel plain>
        <ErrorState
          title="The datasets cannot be read"
          error={data.error}
          onRetry={() => void datasets.reload()}
        />
      </Panel>
    );
  if (models.kind === 'error')
    return (
      <Panel plain>
        <ErrorState
          title="The base models cannot be read"
          error={models.error}
          onRetry={() => void baseModels.reload()}
        />
      </Panel>
    );
  if (data.kind === 'loading' || models.kind === 'loading') return <Waiting />;
  if (!run.dataset) {
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
  }
  if (!run.model) {
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
  }
  if (!run.request) return null;
  return <Form run={run} dataset={run.dataset} model={run.model} request={run.request} setting={setting} />;
};

/** The places of what is to come. */
const Waiting = () => (
  <div role="status" aria-label="Reading…" className="flex flex-col gap-3">
    <div className="grid grid-cols-2 gap-4">
      {[1, 2].map((card) => (
        <Panel key={card} plain className="flex h-30 flex-col gap-4 p-4">
          <Skeleton className="w-1/4" />
          <Skeleton className="w-1/2" />
          <Skeleton className="w-1/3" />
        </Panel>
      ))}
    </div>
    <div className="mt-8 grid grid-cols-2 gap-3 narrow:grid-cols-4">
      {[1, 2, 3, 4].map((card) => (
        <Panel key={card} plain className="flex h-72 flex-col gap-6 p-4">
          <Skeleton className="w-1/2" />
          <Skeleton className="w-3/4" />
          <Skeleton />
          <Skeleton className="w-2/3" />
        </Panel>
      ))}
    </div>
  </div>
);

const Form = ({
  run,
  dataset,
  model,
  request,
  setting,
}: {
  readonly run: NewRun;
  readonly dataset: Dataset;
  readonly model: BaseModel;
  readonly request: RunRequest;
  readonly setting?: string;
}) => {
  const estimates = useEstimates(request);
  return (
    <>
      <div className="grid shrink-0 grid-cols-2 gap-4">
        <DataCard run={run} dataset={dataset} />
        <ModelCard run={run} model={model} />
      </div>
      <Recipes run={run} estimates={estimates} />
      <Advanced run={run} focus={setting} />
      <Review run={run} estimates={estimates} />
    </>
  );
};
