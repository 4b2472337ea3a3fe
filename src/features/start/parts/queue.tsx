import { Plus } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { ProgressBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import { Ago, useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import type { ErrorPayload } from '../../../lib/types/system';
import { mapLoaded, useLive } from '../../../live-store';
import { paths } from '../../../paths';
import { jobs } from '../../../stores';
import { groupJobs, groupWords, isRunning, STATUS_WORDS, timeLeftWords } from '../../jobs';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

/** As many as leave the whole page in view at 1280 × 800, and in a tall window. */
const SHOWN = 3;
const SHOWN_TALL = 7;

export const Queue = ({
  withNewRun,
  told,
}: {
  /** The page has no button for it of its own. */
  readonly withNewRun: boolean;
  /** What the page says already went wrong, with its own way to try again. */
  readonly told: ErrorPayload | null;
}) => {
  const [, navigate] = useLocation();
  const state = mapLoaded(useLive(jobs), (rows) => groupJobs([...rows.values()]));
  const note = state.kind === 'ready' ? groupWords(state.value) : null;
  return (
    <Panel title="Queue" note={note} plain>
      <Async
        state={state}
        errorTitle="The jobs cannot be read"
        quiet={state.kind === 'error' && state.error.message === told?.message}
        onRetry={() => void jobs.reload()}
        rows={3}
      >
        {({ running, waiting, needsYou, paused, finished }) => {
          const all = [...running, ...needsYou, ...waiting, ...paused, ...finished];
          const rows = all.slice(0, SHOWN_TALL);
          return (
            <>
              {rows.length === 0 ? (
                <NoJobs />
              ) : (
                <ul>
                  {rows.map((job, index) => (
                    <JobRow key={job.id} job={job} onlyTall={index >= SHOWN} />
                  ))}
                </ul>
              )}
              <div
                className={classNames(
                  'flex items-center justify-between px-4',
                  rows.length === 0 ? 'py-4' : 'py-2',
                )}
              >
                {withNewRun ? (
                  <Button icon={Plus} shortcut="N" onClick={() => navigate(paths.newRun)}>
                    New run
                  </Button>
                ) : null}
                {rows.length === 0 ? null : (
                  <Link href={paths.jobs} className="font-medium text-accent-text">
                    {all.length > SHOWN ? `All ${formatCount(all.length)} jobs` : 'All jobs'}
                  </Link>
                )}
              </div>
            </>
          );
        }}
      </Async>
    </Panel>
  );
};

const NoJobs = () => (
  <div className="p-4 pb-0">
    <p className="font-medium">No jobs yet</p>
    <p className="text-ink-2">
      Jobs run one after the other, also while the window is closed. They survive a restart.
    </p>
  </div>
);

const JobRow = ({ job, onlyTall }: { readonly job: TrainingJob; readonly onlyTall: boolean }) => {
  const now = useNow();
  return (
    <li className={classNames('border-b px-4 py-2 hover:bg-hover', onlyTall && 'hidden tall:list-item')}>
      <div className="flex items-center justify-between gap-3">
        <Link
          href={paths.job(job.id)}
          title={visibleText(job.name)}
          className="line-clamp-2 min-w-0 font-medium break-words hover:text-accent-text"
        >
          <FileText>{job.name}</FileText>
        </Link>
        <span className="shrink-0 text-xs text-ink-2">
          {isRunning(job) ? timeLeftWords(job, now) : STATUS_WORDS[job.status].word}
          {isRunning(job) || job.status === 'queued' ? null : (
            <>
              {' '}
              <Ago time={job.updated_at} />
            </>
          )}
        </span>
      </div>
      {isRunning(job) ? (
        <div className="mt-1 flex items-center gap-2 text-xs text-ink-2 tabular-nums">
          <ProgressBar
            label={visibleText(`Progress of ${job.name}`)}
            value={job.progress}
            className="flex-1"
          />
          step {formatCount(job.current_step)} of {formatCount(job.total_steps ?? 0)}
        </div>
      ) : null}
    </li>
  );
};
