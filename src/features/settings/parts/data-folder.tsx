import { FolderOpen } from 'lucide-react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Button } from '../../../components/button';
import { formatBytes, NOTHING } from '../../../components/format';
import { Facts, Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import { useValue } from '../../../live-value';
import { hardware } from '../../../stores';
import type { SharedState } from './shared-state';

type About = Awaited<ReturnType<typeof api.system.about>>;

export const DataFolder = ({ state, quiet, onRetry }: SharedState<About>) => {
  const machine = useValue(hardware);
  const folder = state.kind === 'ready' ? state.value.data_dir : null;
  return (
    <Panel
      plain
      title="Data folder"
      actions={
        folder ? (
          <Button
            small
            icon={FolderOpen}
            onClick={() =>
              void attempt('The folder cannot be shown', () => api.desktop.show_in_folder({ path: folder }))
            }
          >
            Show in folder
          </Button>
        ) : null
      }
    >
      <Async
        state={state}
        errorTitle="Where the data folder is cannot be read"
        quiet={quiet}
        onRetry={onRetry}
        rows={2}
      >
        {(about) => (
          <div className="p-4">
            <Facts
              rows={[
                [
                  'Folder',
                  <span key="folder" className="font-mono text-mono" title={about.data_dir}>
                    {about.data_dir}
                  </span>,
                ],
                [
                  'Free',
                  machine
                    ? `${formatBytes(machine.disk_free_bytes)} of ${formatBytes(machine.disk_total_bytes)}`
                    : NOTHING,
                ],
                ['Profile', about.profile],
                ['Pipeline', `${about.version}, ${about.platform}`],
              ]}
            />
          </div>
        )}
      </Async>
    </Panel>
  );
};
