import { Box, Download, MessageSquare } from 'lucide-react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { Page } from '../../components/layout';
import { AlertDialog, Dialog, Menu } from '../../components/overlays';
import { ModelSkeleton } from '../../components/skeletons';
import { ErrorNote } from '../../components/states';
import { ThingPage } from '../../components/thing-page';
import type { ArtifactExport, ModelArtifact } from '../../lib/types/model-artifact';
import { useLive } from '../../live-store';
import { useDialogs } from '../../page-asks';
import { paths } from '../../paths';
import { models } from '../../stores';
import { useAction } from '../../use-load';
import { Exports, useExports } from './parts/exports';
import { ExportChoice } from './parts/export-choice';
import { Files } from './parts/files';
import { Lineage } from './parts/lineage';
import { ModelVerdict } from './parts/model-verdict';
import { TryModel } from './parts/try-model';

const DIALOGS = ['try', 'export', 'delete'] as const;
const PARENT = { label: 'Models', href: paths.models };

export const ModelPage = ({ id }: { readonly id: string }) => (
  <ThingPage
    id={id}
    state={useLive(models)}
    thing="model"
    icon={Box}
    parent={PARENT}
    skeleton={<ModelSkeleton />}
    onRetry={() => void models.reload()}
  >
    {(model) => <Ready key={model.id} model={model} />}
  </ThingPage>
);

const Ready = ({ model }: { readonly model: ModelArtifact }) => {
  const [, navigate] = useLocation();
  const [open, setOpen] = useDialogs(paths.model(model.id), DIALOGS);
  const exports = useExports(model.id);
  const action = useAction();
  const close = () => setOpen(null);
  const remove = async () => {
    await api.models.delete({ id: model.id });
    navigate(paths.models);
  };
  return (
    <Page
      title={model.name}
      parent={PARENT}
      badges={<Badge>Version {model.version}</Badge>}
      actions={
        <>
          <Menu label="More" actions={[{ label: 'Delete…', onSelect: () => setOpen('delete') }]} />
          <Button icon={MessageSquare} onClick={() => setOpen('try')}>
            Try it
          </Button>
          <Button look="filled" icon={Download} onClick={() => setOpen('export')}>
            Export…
          </Button>
        </>
      }
    >
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <div className="grid grid-cols-1 gap-4 narrow:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <ModelVerdict model={model} />
        <Lineage model={model} exports={completed(exports.state)} />
      </div>
      <div className="grid grid-cols-1 gap-4 wide:grid-cols-2">
        <Files model={model} />
        <Exports exports={exports} onExport={() => setOpen('export')} />
      </div>
      <Dialog open={open === 'try'} onOpenChange={close} title="Untouched model and adapter, side by side">
        <TryModel model={model} />
      </Dialog>
      <Dialog open={open === 'export'} onOpenChange={close} title="Export">
        <ExportChoice model={model} onStarted={exports.put} onDone={close} />
      </Dialog>
      <AlertDialog
        open={open === 'delete'}
        onOpenChange={close}
        title={`Delete “${model.name}”?`}
        confirm="Delete model"
        onConfirm={() => action.run('delete', remove)}
      >
        It is put away: its files stay in the data folder until its run is deleted, and the page Models brings
        it back from “Put away”. Exports you made elsewhere and the run’s curves stay.
      </AlertDialog>
    </Page>
  );
};

const completed = (state: ReturnType<typeof useExports>['state']): ArtifactExport[] =>
  state.kind === 'ready' ? [...state.value.values()].filter(({ status }) => status === 'completed') : [];
