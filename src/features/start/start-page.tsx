import { Play, Upload } from 'lucide-react';
import { useLocation } from 'wouter';
import { api } from '../../api';
import { Button } from '../../components/button';
import { Panel } from '../../components/layout';
import { ErrorNote, ErrorState } from '../../components/states';
import type { DoctorCheck } from '../../lib/types/system';
import type { Loaded } from '../../live-store';
import { useAction, useLoad } from '../../use-load';
import { chooseAndImport } from '../datasets';
import { startTryIt } from '../jobs';
import { checkRows } from './parts/check-rows';
import { Checks } from './parts/checks';
import { DropHint } from './parts/drop-hint';
import { Queue } from './parts/queue';
import { Recent, useRecent } from './parts/recent';
import { TryIt } from './parts/try-it';

export const StartPage = () => {
  const [, navigate] = useLocation();
  const { state, reload } = useLoad('doctor', () => api.system.doctor());
  const action = useAction();
  const recent = useRecent();
  const { title, says } = verdict(state);
  return (
    <main
      aria-labelledby="page-title"
      className="page-scroll flex min-h-0 min-w-0 flex-1 flex-col gap-4 pt-6 pb-5"
    >
      <header className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h1 id="page-title" className="text-xl font-semibold tracking-tight">
            {title}
          </h1>
          <p className="mt-1 min-h-5 text-ink-2">{says} Nothing on this page needs a network.</p>
        </div>
        <Button icon={Upload} shortcut="O" onClick={() => void chooseAndImport(navigate)}>
          Import data
        </Button>
        <Button
          look="filled"
          icon={Play}
          busy={action.busy !== null}
          onClick={() => action.run('try', () => startTryIt(navigate))}
        >
          Try it
        </Button>
      </header>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      {state.kind === 'error' ? (
        <Panel plain>
          <ErrorState compact title="The checks cannot run" error={state.error} onRetry={reload} />
        </Panel>
      ) : (
        <Checks checks={state.kind === 'ready' ? state.value : null} onRepeat={reload} />
      )}
      <div className="grid flex-1 grid-cols-1 gap-4 narrow:max-h-130 narrow:grid-cols-[minmax(0,1fr)_23.5rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <TryIt compact={recent.length > 0} />
          {recent.length > 0 ? <Recent things={recent} /> : null}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Queue />
          <DropHint />
        </div>
      </div>
    </main>
  );
};

const verdict = (
  state: Loaded<readonly DoctorCheck[]>,
): { readonly title: string; readonly says: string } => {
  if (state.kind !== 'ready')
    return {
      title: 'Pipeline',
      says: state.kind === 'loading' ? 'Looking at this machine…' : 'This machine could not be looked at.',
    };
  const rows = checkRows(state.value);
  const [failed, look] = ['failed', 'look'].map((level) => rows.filter((row) => row.level === level).length);
  if (failed)
    return {
      title: 'Not ready to train yet',
      says: `${failed} of ${rows.length} checks failed; each says the one thing to do.`,
    };
  return {
    title: 'Ready to train on this machine',
    says: look
      ? `${rows.length - look} checks passed, ${look} ${look === 1 ? 'needs' : 'need'} a look.`
      : 'All checks passed.',
  };
};
