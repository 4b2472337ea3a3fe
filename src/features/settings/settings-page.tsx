import type { ReactNode } from 'react';
import { api } from '../../api';
import { Segments, Switch } from '../../components/fields';
import { Page } from '../../components/layout';
import { Async, ErrorNote } from '../../components/states';
import type { Settings } from '../../lib/types/system';
import { useLiveValue } from '../../live-value';
import { settings } from '../../stores';
import { useAction } from '../../use-load';
import { BaseModels } from './parts/base-models';
import { DataFolder } from './parts/data-folder';
import { NetworkLog } from './parts/network-log';
import { NumberSetting } from './parts/number-setting';
import { RuntimeCheck } from './parts/runtime-check';
import { Section } from './parts/section';

const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

export const SettingsPage = () => {
  const state = useLiveValue(settings);
  return (
    <Page title="Settings" note="Changes count at once">
      <div className="grid max-w-[52rem] grid-cols-1 items-start gap-4 broad:max-w-none broad:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Async
            framed
            state={state}
            errorTitle="The settings cannot be read"
            onRetry={settings.reload}
            rows={6}
          >
            {(value) => <General value={value} />}
          </Async>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <BaseModels />
          <DataFolder />
          <RuntimeCheck />
          <NetworkLog />
        </div>
      </div>
    </Page>
  );
};

const General = ({ value }: { readonly value: Settings }) => {
  const action = useAction();
  const set = (change: Partial<Settings>) =>
    action.run('set', async () => settings.put(await api.settings.set(change)));
  return (
    <>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <Section title="General">
        <Line label="Theme" help="System follows the desktop.">
          <Segments label="Theme" value={value.theme} options={THEMES} onChange={(theme) => set({ theme })} />
        </Line>
        <Line
          label="Keep training when the window is closed"
          help="The app stays in the tray until the queue is empty."
        >
          <Switch
            label="Keep training when the window is closed"
            checked={value.keep_training_when_closed}
            onChange={(keep) => set({ keep_training_when_closed: keep })}
          />
        </Line>
      </Section>
      <Section title="Costs">
        <NumberSetting
          label="Card"
          unit={`${value.currency} an hour`}
          help="Your own rate for an hour of the card, if you count one; runs then show what they cost."
          value={value.cost_per_gpu_hour}
          onSave={(price) => set({ cost_per_gpu_hour: price })}
        />
      </Section>
      <Section title="Limits">
        <NumberSetting
          label="Largest dataset"
          unit="MB"
          help="Larger files are refused before they are copied."
          scale={1e6}
          value={value.dataset_size_limit_bytes}
          onSave={(bytes) => set({ dataset_size_limit_bytes: bytes })}
        />
        <NumberSetting
          label="Largest model file"
          unit="MB"
          help="Guards the data folder’s disk."
          scale={1e6}
          value={value.model_size_limit_bytes}
          onSave={(bytes) => set({ model_size_limit_bytes: bytes })}
        />
      </Section>
    </>
  );
};

const Line = ({
  label,
  help,
  children,
}: {
  readonly label: string;
  readonly help: string;
  readonly children: ReactNode;
}) => (
  <div className="flex items-center gap-4">
    <div className="min-w-0 flex-1">
      <p className="font-medium">{label}</p>
      <p className="text-xs text-ink-2">{help}</p>
    </div>
    {children}
  </div>
);
