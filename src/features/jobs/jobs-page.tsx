import { Activity, FlaskConical, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../../components/button';
import { SearchInput } from '../../components/fields';
import { Page, Panel } from '../../components/layout';
import { Async, EmptyState, ErrorNote } from '../../components/states';
import type { TrainingJob } from '../../lib/types/lora-training';
import { mapLoaded, useLive } from '../../live-store';
import { paths } from '../../paths';
import { jobs } from '../../stores';
import { useAction } from '../../use-load';
import { startTryIt } from './job-actions';
import { groupJobs, groupWords } from './job-words';
import { FinishedRow, RowHeads, RunningRow, StoppedRow } from './parts/job-rows';
import { RowsToCome } from './parts/rows-to-come';
import { WaitingList } from './parts/waiting-list';

export const JobsPage = () => {
  const [, navigate] = useLocation();
  const [query, setQuery] = useState('');
  const state = mapLoaded(useLive(jobs), (rows) => [...rows.values()]);
  const groups = groupJobs(state.kind === 'ready' ? state.value : []);
  return (
    <Page
      title="Jobs"
      note={state.kind === 'ready' && state.value.length > 0 ? groupWords(groups) : null}
      actions={
        <>
          <SearchInput label="Find a job" value={query} onChange={setQuery} className="w-40 medium:w-50" />
          <Button look="filled" icon={Plus} shortcut="N" onClick={() => navigate(paths.newRun)}>
            New run
          </Button>
        </>
      }
    >
      <Async
        framed
        state={state}
        skeleton={<WaitingForJobs />}
        errorTitle="The list of jobs cannot be read"
        onRetry={() => void jobs.reload()}
      >
        {(all) =>
          all.length === 0 ? <NoJobs /> : <Groups all={all} query={query} onClear={() => setQuery('')} />
        }
      </Async>
    </Page>
  );
};

const WaitingForJobs = () => (
  <Panel plain className="overflow-hidden">
    <RowHeads />
    <RowsToCome />
  </Panel>
);

const NoJobs = () => {
  const [, navigate] = useLocation();
  const action = useAction();
  return (
    <Panel plain>
      <EmptyState
        icon={Activity}
        title="No jobs yet"
        actions={
          <>
            <Button icon={Plus} onClick={() => navigate(paths.newRun)}>
              New run
            </Button>
            <Button
              look="plain"
              icon={FlaskConical}
              busy={action.busy !== null}
              onClick={() => action.run('try', () => startTryIt(navigate))}
            >
              Try it with the bundled sample
            </Button>
          </>
        }
      >
        A job trains one adapter. Jobs run one after the other, also while the window is closed, and survive a
        restart.
      </EmptyState>
      <ErrorNote error={action.failure} />
    </Panel>
  );
};

const Groups = ({
  all,
  query,
  onClear,
}: {
  readonly all: readonly TrainingJob[];
  readonly query: string;
  readonly onClear: () => void;
}) => {
  const found = all.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
  const { running, needsYou, waiting, paused, finished } = groupJobs(found);
  if (found.length === 0) {
    return (
      <Panel>
        <p className="flex items-center gap-3 text-ink-2">
          No job has “{query}” in its name.
          <Button small onClick={onClear}>
            Clear filter
          </Button>
        </p>
      </Panel>
    );
  }
  return (
    <Panel plain className="overflow-hidden">
      <RowHeads />
      <Group title="Running" count={running.length}>
        {running.map((job) => (
          <RunningRow key={job.id} job={job} />
        ))}
      </Group>
      <Group title="Needs you" count={needsYou.length}>
        {needsYou.map((job) => (
          <StoppedRow key={job.id} job={job} />
        ))}
      </Group>
      {waiting.length > 0 ? <WaitingList found={waiting} /> : null}
      <Group title="Paused" count={paused.length}>
        {paused.map((job) => (
          <StoppedRow key={job.id} job={job} />
        ))}
      </Group>
      <Group title="Finished" count={finished.length} note="newest first">
        {finished.map((job) => (
          <FinishedRow key={job.id} job={job} />
        ))}
      </Group>
    </Panel>
  );
};

const Group = ({
  title,
  count,
  note,
  children,
}: {
  readonly title: string;
  readonly count: number;
  readonly note?: string;
  readonly children: ReactNode;
}) =>
  count > 0 ? (
    <section aria-label={title}>
      <h2 className="flex h-8 items-center gap-2 border-t bg-surface-0 px-4 text-xs font-semibold text-ink-2">
        {title} <span className="font-normal text-ink-3">{note ? `${count}, ${note}` : count}</span>
      </h2>
      <ul>{children}</ul>
    </section>
  ) : null;
