import type { ReactNode } from 'react';
import { api } from '../../api';
import { Segments, Switch } from '../../components/fields';
import { Page, Panel } from '../../components/layout';
import { Async, ErrorNote, ErrorState } from '../../components/states';
import type { DoctorCheck, Settings } from '../../lib/types/system';
import { useLive } from '../../live-store';
import type { Loaded } from '../../live-store';
import { useLiveValue } from '../../live-value';
import { baseModels, doctor, network, settings } from '../../stores';
import { useChecks } from '../../use-checks';
import { useAction, useLoad } from '../../use-load';
import { BaseModels } from './parts/base-models';
import { DataFolder } from './parts/data-folder';
import { NetworkLog } from './parts/network-log';
import { RuntimeCheck } from './parts/runtime-check';
import { Section } from './parts/section';
import { SizeSetting } from './parts/size-setting';

const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Everything that the page shows, and what went wrong with more than one of them in one word. */
const useParts = () => {
  const about = useLoad('about', () => api.system.about());
  const checks = useChecks();
  const parts = {
    settings: { state: useLiveValue(settings), onRetry: settings.reload },
    models: { state: useLive(baseModels), onRetry: () => void baseModels.reload() },
    about: { state: about.state, onRetry: about.reload },
    checks: { state: checksState(checks), onRetry: () => void doctor.refresh() },
    network: { state: useLiveValue(network), onRetry: network.reload },
  };
  const failed = Object.values(parts).filter(({ state }) => state.kind === 'error');
  const [first] = failed;
  const common =
    first?.state.kind === 'error' && failed.length > 1
      ? { error: first.state.error, onRetry: () => failed.forEach(({ onRetry }) => onRetry()) }
      : null;
  return { parts, common, checks };
};

/** The same answer as on the first page, whoever asked for it. */
const checksState = ({
  value,
  checks,
  error,
}: ReturnType<typeof useChecks>): Loaded<readonly DoctorCheck[]> => {
  if (error) return { kind: 'error', error };
  return value === null ? { kind: 'loading' } : { kind: 'ready', value: checks };
};

export const SettingsPage = () => {
  const { parts, common, checks } = useParts();
  const quiet = common !== null;
  return (
    <Page title="Settings" note="Saved at once">
      {common ? (
        <Panel plain className="max-w-[52rem] wide:max-w-none">
          <ErrorState
            compact
            title="Not everything on this page can be read"
            error={common.error}
            onRetry={common.onRetry}
          />
        </Panel>
      ) : null}
      <div className="grid max-w-[52rem] grid-cols-1 items-start gap-4 wide:max-w-none wide:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Async
            framed
            quiet={quiet}
            state={parts.settings.state}
            errorTitle="The settings cannot be read"
            onRetry={parts.settings.onRetry}
            rows={6}
          >
            {(value) => <General value={value} />}
          </Async>
          <DataFolder {...parts.about} quiet={quiet} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <BaseModels {...parts.models} quiet={quiet} />
          <RuntimeCheck {...parts.checks} at={checks.at} busy={checks.busy} quiet={quiet} />
          <NetworkLog {...parts.network} quiet={quiet} />
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
      <Section title="Limits">
        <div className="grid grid-cols-1 gap-4 medium:grid-cols-2">
          <SizeSetting
            label="Largest dataset"
            help="Larger files are refused, not copied."
            bytes={value.dataset_size_limit_bytes}
            onSave={(bytes) => set({ dataset_size_limit_bytes: bytes })}
          />
          <SizeSetting
            label="Largest model file"
            help="Guards the data folder’s disk."
            bytes={value.model_size_limit_bytes}
            onSave={(bytes) => set({ model_size_limit_bytes: bytes })}
          />
        </div>
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
