import { GripVertical } from 'lucide-react';
import { useState } from 'react';
import type { DragEvent, KeyboardEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { classNames } from '../../../components/class-names';
import { Menu } from '../../../components/overlays';
import {
  formatClockAhead,
  formatDurationBand,
  formatRoughDuration,
  NOTHING,
} from '../../../components/format';
import { ErrorNote } from '../../../components/states';
import { useNow } from '../../../components/time';
import { Tooltip } from '../../../components/tooltip';
import type { ExpectedTime } from '../../../lib/types/estimate';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { jobs } from '../../../stores';
import { useAction } from '../../../use-load';
import { startsWords } from '../time-left';
import { useQueuePlan } from '../use-expected';
import { ACTION, GRID, STATE, TIME } from './job-grid';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

/** The waiting order: dragged, or moved with Alt and the arrows. Of those that were not found only the places stay. */
export const WaitingList = ({ found }: { readonly found: readonly TrainingJob[] }) => {
  const now = useNow();
  const { waiting, expected, starts, end } = useQueuePlan();
  const [dragged, setDragged] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const action = useAction();
  const move = (job: TrainingJob, to: number) => {
    if (to < 0 || to >= waiting.length) return;
    action.run('move', async () => {
      await api.jobs.move({ id: job.id, to });
      setSaid(`${visibleText(job.name)} is now ${to + 1} of ${waiting.length}.`);
    });
  };
  const drop = (to: number) => {
    const job = waiting.find(({ id }) => id === dragged);
    setDragged(null);
    if (job) move(job, to);
  };
  return (
    <section aria-label="Waiting">
      <h2 className="flex h-8 items-center gap-2 border-t bg-surface-0 px-4 text-xs font-semibold text-ink-2">
        Waiting{' '}
        <span className="font-normal text-ink-3">{found.length}, in this order; drag, or Alt ↑ ↓</span>
        {end === null ? null : (
          <span className="ml-auto font-normal text-ink-3 tabular-nums">
            all done ≈ {formatClockAhead(now + end, now)}
          </span>
        )}
      </h2>
      <p role="status" className="sr-only">
        {said}
      </p>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <ol>
        {waiting.map((job, index) =>
          found.some(({ id }) => id === job.id) ? (
            <WaitingRow
              key={job.id}
              job={job}
              index={index}
              starts={startsWords(starts[index] ?? null, index, now)}
              expected={expected.get(job.id)}
              last={index === waiting.length - 1}
              dragged={dragged === job.id}
              onDrag={setDragged}
              onDrop={drop}
              onMove={move}
            />
          ) : null,
        )}
      </ol>
    </section>
  );
};

const WaitingRow = ({
  job,
  index,
  starts,
  expected,
  last,
  dragged,
  onDrag,
  onDrop,
  onMove,
}: {
  readonly job: TrainingJob;
  readonly index: number;
  readonly starts: string;
  /** Undefined until it is known. */
  readonly expected: ExpectedTime | undefined;
  readonly last: boolean;
  readonly dragged: boolean;
  readonly onDrag: (id: string | null) => void;
  readonly onDrop: (to: number) => void;
  readonly onMove: (job: TrainingJob, to: number) => void;
}) => {
  const [, navigate] = useLocation();
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(job, event.key === 'ArrowUp' ? index - 1 : index + 1);
  };
  const over = (event: DragEvent) => event.preventDefault();
  const withdraw = async () => jobs.put(await api.jobs.cancel({ id: job.id, save: false, reason: null }));
  return (
    <li
      draggable
      onKeyDown={onKeyDown}
      onDragStart={() => onDrag(job.id)}
      onDragEnd={() => onDrag(null)}
      onDragOver={over}
      onDrop={() => onDrop(index)}
      className={classNames(
        GRID,
        'min-h-10 border-t py-2 hover:bg-hover medium:py-0',
        dragged && 'bg-selected',
      )}
    >
      <GripVertical aria-hidden className="size-4 cursor-grab text-ink-3" />
      <Link
        href={paths.job(job.id)}
        title={visibleText(job.name)}
        className="min-w-0 truncate font-medium hover:text-accent-text"
      >
        <FileText>{job.name}</FileText>
      </Link>
      <div className={classNames(STATE, 'text-ink-2 tabular-nums')}>
        <Tooltip text={STARTS_METHOD}>
          <span>
            {index + 1}. {starts}
          </span>
        </Tooltip>
      </div>
      <div className={classNames(TIME, 'whitespace-nowrap')}>
        {expected ? <Duration {...expected} /> : null}
      </div>
      <div className={ACTION}>
        <Menu
          small
          label={`More for ${job.name}`}
          actions={[
            { label: 'Move up', disabled: index === 0, onSelect: () => onMove(job, index - 1) },
            { label: 'Move down', disabled: last, onSelect: () => onMove(job, index + 1) },
            { label: 'New run like this', onSelect: () => navigate(paths.newRunLike(job.id)) },
            {
              label: 'Take out of the queue',
              onSelect: () => void attempt(`“${job.name}” is still in the queue`, withdraw),
            },
          ]}
        />
      </div>
    </li>
  );
};

const STARTS_METHOD =
  'When the job that runs ends by the pace of its last steps, and those before this one have taken as long as is expected of them.';

const Duration = ({ time_ms, time_method }: ExpectedTime) => (
  <Tooltip text={time_ms === null ? time_method : `${formatDurationBand(time_ms)}. ${time_method}`}>
    <span>{time_ms === null ? NOTHING : `takes ${formatRoughDuration(time_ms.expected)}`}</span>
  </Tooltip>
);
