import { Play, Plus, Upload } from 'lucide-react';
import { useLocation } from 'wouter';
import { Button } from '../../components/button';
import { formatAgo } from '../../components/format';
import { PageTitle } from '../../components/layout';
import { ErrorNote } from '../../components/states';
import { useNow } from '../../components/time';
import { useRows } from '../../live-store';
import { paths } from '../../paths';
import { doctor, jobs } from '../../stores';
import { useChecks } from '../../use-checks';
import { useAction } from '../../use-load';
import { chooseAndImport } from '../import';
import { isRunning, startTryIt } from '../jobs';
import { Checks } from './parts/checks';
import { DropHint } from './parts/drop-hint';
import { Queue } from './parts/queue';
import { Recent, useRecent } from './parts/recent';
import { TryIt } from './parts/try-it';
import { useDiskRoom } from './disk-room';
import { startVerdict } from './start-verdict';
import { tryItWords } from './try-it-words';
import { useTryIt } from './use-try-it';

export const StartPage = () => {
  const [, navigate] = useLocation();
  const { checks, at, error, busy } = useChecks();
  const action = useAction();
  const recent = useRecent();
  const tryIt = useTryIt();
  const room = useDiskRoom();
  const before = useRows(jobs).filter((job) => isRunning(job) || job.status === 'queued').length;
  const wasTried = typeof tryIt.plan?.last_job_id === 'string';
  const { title, says } = startVerdict(checks, error ? 'failed' : at === null ? 'running' : 'made');
  const now = useNow();
  return (
    <main
      aria-labelledby="page-title"
      className="page-scroll flex min-h-0 min-w-0 flex-1 flex-col gap-4 pt-5 pb-4"
    >
      <header className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-80">
          <PageTitle large title={title} />
          <p className="mt-1 min-h-5 text-ink-2">{says} Nothing on this page needs a network.</p>
        </div>
        <Button icon={Upload} shortcut="O" onClick={() => void chooseAndImport(navigate)}>
          Import data
        </Button>
        <Button
          look={wasTried ? 'outlined' : 'filled'}
          icon={Play}
          busy={action.busy !== null}
          onClick={() => action.run('try', () => startTryIt(navigate))}
        >
          {tryItWords(tryIt.last?.ms ?? null, before)}
        </Button>
        {wasTried ? (
          <Button look="filled" icon={Plus} shortcut="N" onClick={() => navigate(paths.newRun)}>
            New run
          </Button>
        ) : null}
      </header>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <Checks
        checks={checks}
        room={room}
        age={at === null ? null : formatAgo(at, Math.max(now, at))}
        busy={busy}
        failure={error}
        onRepeat={() => {
          void doctor.refresh();
          if (error) void jobs.reload();
        }}
      />
      <div className="grid flex-1 grid-cols-1 gap-4 narrow:grid-cols-[minmax(0,1fr)_23.5rem] tall:flex-none">
        <div className="flex min-w-0 flex-col gap-4">
          <TryIt {...tryIt} compact={recent.length > 0} />
          {recent.length > 0 ? <Recent things={recent} /> : null}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Queue withNewRun={!wasTried} told={error} />
          <DropHint />
        </div>
      </div>
    </main>
  );
};
