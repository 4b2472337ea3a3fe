import { ChevronRight } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { classNames } from '../../../components/class-names';
import { formatAmount, formatCount } from '../../../components/format';
import { useKeptOpen } from '../../../kept-state';
import { stretchName, tokensIn } from '../turn-folds';
import type { Stretch } from '../turn-folds';

/** Who speaks, and beside it the words: the line stands in their column. */
export const TURN_GRID =
  'grid max-w-[60rem] grid-cols-[5rem_minmax(0,1fr)] gap-4 px-4 pb-3 max-medium:grid-cols-1';

interface FoldedTurnsProps {
  readonly record: string;
  readonly stretch: Stretch;
  readonly children: ReactNode;
}

/** One line in place of turns; they come under it when it is opened, and are there again when the record is. */
export const FoldedTurns = ({ record, stretch, children }: FoldedTurnsProps) => {
  const [isOpen, setOpen] = useKeptOpen(`turns ${record} ${stretch.first}`);
  const id = useId();
  return (
    <>
      <div className={TURN_GRID}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => setOpen(!isOpen)}
          className="col-start-2 flex min-h-7 items-center gap-2 rounded-md border bg-surface-1 px-2.5 py-1 text-left text-xs text-ink-2 hover:border-line-strong max-medium:col-start-1"
        >
          <ChevronRight aria-hidden className={classNames('size-3.5 shrink-0', isOpen && 'rotate-90')} />
          <span className="font-medium whitespace-nowrap">{stretchName(stretch)}</span>
          <span className="min-w-0 flex-1 text-ink-3 tabular-nums">{countWords(stretch)}</span>
          <span className="text-accent-text">{isOpen ? 'Hide' : 'Show'}</span>
        </button>
      </div>
      {isOpen ? <div id={id}>{children}</div> : null}
    </>
  );
};

const countWords = (stretch: Stretch): string => {
  const { all, trained } = tokensIn(stretch);
  return stretch.turns[0]?.cut
    ? `${formatAmount(all, 'token')} lost, ${formatCount(trained)} of them to be trained`
    : `${formatAmount(all, 'token')}, of which ${formatCount(trained)} trained`;
};
