import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { formatBytes, formatParameters, formatPrecision } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { AlertDialog, Menu } from '../../../components/overlays';
import { Async, ErrorNote } from '../../../components/states';
import type { BaseModel } from '../../../lib/types/base-model';
import { baseModels } from '../../../stores';
import { useAction } from '../../../use-load';
import type { SharedState } from './shared-state';
import { FileText } from '../../../components/file-text';

export const BaseModels = ({ state, quiet }: SharedState<ReadonlyMap<string, BaseModel>>) => {
  const action = useAction();
  const add = async () => {
    const path = await api.desktop.choose_folder({ title: 'Folder of a base model' });
    if (path !== null) baseModels.put(await api.base_models.add({ path }));
  };
  return (
    <Panel
      title="Base models"
      plain
      note="Local folders with safetensors"
      actions={
        <Button small icon={FolderOpen} busy={action.busy !== null} onClick={() => action.run('add', add)}>
          Add a folder…
        </Button>
      }
    >
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <Async
        state={state}
        quiet={quiet}
        errorTitle="The base models cannot be read"
        onRetry={() => void baseModels.reload()}
        rows={2}
      >
        {(rows) =>
          rows.size === 0 ? (
            <p className="p-4 text-ink-2">
              None yet. A run starts from a base model; add the folder of one that is on this machine.
            </p>
          ) : (
            <ul>
              {[...rows.values()].map((model) => (
                <ModelRow key={model.id} model={model} />
              ))}
            </ul>
          )
        }
      </Async>
    </Panel>
  );
};

const ModelRow = ({ model }: { readonly model: BaseModel }) => {
  const [asking, setAsking] = useState(false);
  const action = useAction();
  return (
    <li className="border-b px-4 py-2 last:border-0">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex items-center gap-2 font-medium">
            <span className="truncate">
              <FileText>{model.name}</FileText>
            </span>
            {model.bundled ? <Badge>bundled</Badge> : null}
          </p>
          <p className="text-xs text-ink-2">
            {formatParameters(model.parameters)} parameters, {formatPrecision(model.dtype)},{' '}
            {formatBytes(model.size_bytes)}, {model.architecture}
          </p>
          <p className="text-xs wrap-anywhere text-ink-2">
            <FileText>{model.path}</FileText>
          </p>
        </div>
        <Menu
          small
          label={`More for ${model.name}`}
          actions={[
            {
              label: 'Show in folder',
              onSelect: () =>
                void attempt('The folder cannot be shown', () =>
                  api.desktop.show_in_folder({ path: model.path }),
                ),
            },
            { label: 'Remove…', disabled: model.bundled, onSelect: () => setAsking(true) },
          ]}
        />
      </div>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Remove “${model.name}”?`}
        confirm="Remove from the list"
        onConfirm={() => action.run('remove', () => api.base_models.remove({ id: model.id }))}
      >
        The folder and its files stay where they are; only the entry goes.
      </AlertDialog>
    </li>
  );
};
