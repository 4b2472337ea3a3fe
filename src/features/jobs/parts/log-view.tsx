import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { formatAmount } from '../../../components/format';
import { Pager } from '../../../components/pager';
import { Async } from '../../../components/states';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';

const LIMIT = 500;

/** The trainer's own words, the last page first. */
export const LogView = ({ job }: { readonly job: TrainingJob }) => {
  const [offset, setOffset] = useState<number | null>(null);
  const { state, reload } = useLoad(`${job.id} ${job.status} ${offset}`, async () => {
    const page = await api.jobs.logs({ id: job.id, offset: offset ?? 0, limit: LIMIT });
    if (offset !== null || page.total <= LIMIT) return { ...page, offset: offset ?? 0 };
    const last = Math.floor((page.total - 1) / LIMIT) * LIMIT;
    return { ...(await api.jobs.logs({ id: job.id, offset: last, limit: LIMIT })), offset: last };
  });
  return (
    <Async state={state} errorTitle="The log cannot be read" onRetry={reload}>
      {(page) =>
        page.total === 0 ? (
          <p className="p-4 text-ink-2">The trainer has written nothing yet.</p>
        ) : (
          <>
            <div className="flex items-center justify-between border-b px-4 py-1 text-xs text-ink-2">
              {formatAmount(page.total, 'line')}
              <Button small look="plain" onClick={reload}>
                Read again
              </Button>
            </div>
            <pre
              tabIndex={0}
              aria-label="Log"
              className="max-h-96 overflow-auto px-4 py-2 font-mono text-mono"
            >
              {page.lines.map(({ number, text }) => `${String(number).padStart(6)}  ${text}`).join('\n')}
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
  );
};
