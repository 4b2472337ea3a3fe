import { Clock } from 'lucide-react';
import { Link } from 'wouter';
import { formatClockAhead, ordinal } from '../../../components/format';
import { useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { timeLeftWords } from '../time-left';
import { useQueuePlan } from '../use-expected';
import { FileText } from '../../../components/file-text';

/** Why a job waits, and its place among those that do. */
export const QueuePlace = ({ job }: { readonly job: TrainingJob }) => {
  const now = useNow();
  const { running, waiting, starts } = useQueuePlan();
  const at = waiting.findIndex(({ id }) => id === job.id);
  const startsIn = starts[at] ?? null;
  const before = running[0] ?? (at > 0 ? waiting[at - 1] : undefined);
  return (
    <section
      aria-label="Queue"
      className="flex shrink-0 flex-wrap items-center gap-3 rounded-lg border bg-surface-2 px-4 py-3"
    >
      <Clock aria-hidden className="size-4 shrink-0 text-ink-2" />
      <p className="min-w-0 flex-1 basis-80">
        <span className="font-semibold">
          {waiting.length > 1 ? `${ordinal(at + 1)} of ${waiting.length} waiting.` : 'Starts next.'}
          {startsIn === null ? '' : ` Begins ≈ ${formatClockAhead(now + startsIn, now)}.`}
        </span>{' '}
        {before ? (
          <>
            One job runs at a time; now it is{' '}
            <Link href={paths.job(before.id)} className="font-medium text-accent-text">
              <FileText>{before.name}</FileText>
            </Link>
            {running[0] ? `, ${timeLeftWords(running[0], now)}.` : '.'}
          </>
        ) : (
          'It starts as soon as the queue takes it.'
        )}
      </p>
      <Link href={paths.jobs} className="font-medium text-accent-text">
        Change the order
      </Link>
    </section>
  );
};
