import { GripVertical } from 'lucide-react';
import { useState } from 'react';
import type { DragEvent, KeyboardEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { classNames } from '../../../components/class-names';
import { Menu } from '../../../components/overlays';
import { ErrorNote } from '../../../components/states';
import { useNow } from '../../../components/time';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { jobs } from '../../../stores';
import { useAction } from '../../../use-load';
import { startsWords } from '../time-left';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../components/visible-text';

/** The waiting order: dragged, or moved with Alt and the arrows. */
export const WaitingList = ({
  waiting,
  running,
}: {
  readonly waiting: readonly TrainingJob[];
  /** After which the first of them begins. */
  readonly running: TrainingJob | undefined;
}) => {
  const now = useNow();
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
        <span className="font-normal text-ink-3">{waiting.length}, in this order; drag, or Alt ↑ ↓</span>
      </h2>
      <p role="status" className="sr-only">
        {said}
      </p>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <ol>
        {waiting.map((job, index) => (
          <WaitingRow
            key={job.id}
            job={job}
            index={index}
            starts={index === 0 ? startsWords(running, now) : 'waiting'}
            last={index === waiting.length - 1}
            dragged={dragged === job.id}
            onDrag={setDragged}
            onDrop={drop}
            onMove={move}
          />
        ))}
      </ol>
    </section>
  );
};

const WaitingRow = ({
  job,
  index,
  starts,
  last,
  dragged,
  onDrag,
  onDrop,
  onMove,
}: {
  readonly job: TrainingJob;
  readonly index: number;
  readonly starts: string;
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
        'flex h-10 items-center gap-3 border-t px-4 hover:bg-hover',
        dragged && 'bg-selected',
      )}
    >
      <GripVertical aria-hidden className="size-4 cursor-grab text-ink-3" />
      <Link
        href={paths.job(job.id)}
        title={visibleText(job.name)}
        className="min-w-0 flex-1 truncate font-medium medium:w-[15.75rem] medium:flex-none broad:w-[26rem] hover:text-accent-text"
      >
        <FileText>{job.name}</FileText>
      </Link>
      <span className="text-ink-2 tabular-nums medium:flex-1">
        {index + 1}. {starts}
      </span>
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
    </li>
  );
};
