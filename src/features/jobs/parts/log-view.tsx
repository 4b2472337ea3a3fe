import { Fragment, useEffect, useEffectEvent, useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { formatAmount } from '../../../components/format';
import { Pager } from '../../../components/pager';
import { Async } from '../../../components/states';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';
import type { JobRun } from '../job-run';
import { FileText } from '../../../components/file-text';

const LIMIT = 500;

/** The trainer's own words, the last page first; read again when the run has news. */
export const LogView = ({ job, run }: { readonly job: TrainingJob; readonly run: JobRun }) => {
  const [offset, setOffset] = useState<number | null>(null);
  const { state, reload } = useLoad(`${job.id} ${offset}`, async () => {
    const page = await api.jobs.logs({ id: job.id, offset: offset ?? 0, limit: LIMIT });
    if (offset !== null || page.total <= LIMIT) return { ...page, offset: offset ?? 0 };
    const last = Math.floor((page.total - 1) / LIMIT) * LIMIT;
    return { ...(await api.jobs.logs({ id: job.id, offset: last, limit: LIMIT })), offset: last };
  });
  const readAgain = useEffectEvent(reload);
  useEffect(() => {
    readAgain();
  }, [job.status, run.events.length]);
  const total = state.kind === 'ready' ? formatAmount(state.value.total, 'line') : '';
  return (
    <>
      <div className="flex items-center justify-between border-b px-4 py-1 text-xs text-ink-2">
        {total}
        <Button small look="plain" className="ml-auto" onClick={reload}>
          Read again
        </Button>
      </div>
      <Async state={state} errorTitle="The log cannot be read" onRetry={reload} rows={4}>
        {(page) =>
          page.total === 0 ? (
            <p className="p-4 text-ink-2">
              The trainer has written nothing. It speaks when something is odd.
            </p>
          ) : (
            <>
              <pre
                tabIndex={0}
                aria-label="Log"
                className="max-h-96 overflow-auto px-4 py-2 font-mono text-mono"
              >
                {page.lines.map(({ number, text }) => (
                  <Fragment key={number}>
                    {`${String(number).padStart(6)}  `}
                    <FileText>{text}</FileText>
                    {'\n'}
                  </Fragment>
                ))}
              </pre>
              <Pager
                label={formatAmount(page.total, 'line')}
                total={page.total}
                offset={page.offset}
                limit={LIMIT}
                onOffset={setOffset}
              />
            </>
          )
        }
      </Async>
    </>
  );
};
