import { CircleAlert, Scissors } from 'lucide-react';
import { Fragment } from 'react';
import { classNames } from '../../../components/class-names';
import { formatAmount, formatCount, formatPercent } from '../../../components/format';
import { isRefused, refusedRecordWords } from '../../../lib/messages/refused-record';
import { shownParts } from '../../../lib/training/shown-parts';
import type { RecordView } from '../../../lib/types/record-view';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';
import { foldTurns, mattersIn } from '../turn-folds';
import type { Sought, Turn } from '../turn-folds';
import { FoldedTurns, TURN_GRID } from './folded-turns';

type Token = RecordView['tokens'][number];

interface Run {
  readonly text: string;
  readonly trained: boolean;
  readonly cut: boolean;
  readonly start: number;
}

/** Neighbouring tokens that are treated alike become one piece of text. */
export const joinTokens = (tokens: readonly Token[], start: number): Run[] =>
  tokens.reduce<Run[]>((runs, { text, trained, cut }, index) => {
    const last = runs.at(-1);
    if (last?.trained === trained && last.cut === cut)
      return [...runs.slice(0, -1), { ...last, text: last.text + text }];
    return [...runs, { text, trained, cut, start: start + index }];
  }, []);

interface TemplateViewProps {
  readonly view: RecordView;
  /** Names the record: what was opened of it stays open. */
  readonly record: string;
  /** What is not folded away. */
  readonly sought: Sought;
}

export const TemplateView = ({ view, record, sought }: TemplateViewProps) => {
  const cutAt = isRefused(view) ? -1 : view.tokens.findIndex(({ cut }) => cut);
  return (
    <div className="py-3">
      <p className="px-4 pb-3 text-xs text-ink-2">
        {formatAmount(view.total_tokens, 'token')}, {formatCount(view.trained_tokens)} trained
        {view.total_tokens > 0 ? ` (${formatPercent(view.trained_tokens / view.total_tokens)})` : ''}.{' '}
        {view.template.note}
      </p>
      {isRefused(view) ? <RefusedLine view={view} /> : null}
      {foldTurns(view, shownParts(view), mattersIn(view, sought)).map((stretch) => {
        const turns = stretch.turns.map((turn) => (
          <div key={turn.start}>
            {cutAt >= turn.start && cutAt < turn.end ? <CutLine view={view} at={cutAt} /> : null}
            <TurnView turn={turn} view={view} />
          </div>
        ));
        return stretch.isFolded ? (
          <FoldedTurns key={stretch.first} record={record} stretch={stretch}>
            {turns}
          </FoldedTurns>
        ) : (
          <Fragment key={stretch.first}>{turns}</Fragment>
        );
      })}
      {view.dropped_turns > 0 && cutAt < 0 && !isRefused(view) ? (
        <CutLine view={view} at={view.tokens.length} />
      ) : null}
    </div>
  );
};

const TurnView = ({ turn, view }: { readonly turn: Turn; readonly view: RecordView }) => {
  const { start } = turn;
  return (
    <div className={classNames(TURN_GRID, 'max-medium:gap-1')}>
      <div className="text-right text-xs leading-5 max-medium:flex max-medium:items-baseline max-medium:gap-2 max-medium:text-left">
        <p className={classNames('font-medium break-words', turn.cut && 'text-ink-3')}>
          <FileText>{turn.role}</FileText>
        </p>
        <p className={turn.trained_tokens > 0 && !turn.cut ? 'text-accent-text' : 'text-ink-3'}>
          {turn.cut ? `${formatCount(turn.end - turn.start)} lost` : turnCount(turn)}
        </p>
      </div>
      <p className="min-w-0 font-mono text-mono break-words whitespace-pre-wrap">
        <bdi>
          {joinTokens(view.tokens.slice(start, turn.end), start).map((run) => (
            <span key={run.start} className={runClass(run)}>
              {visibleText(run.text)}
            </span>
          ))}
        </bdi>
      </p>
    </div>
  );
};

const turnCount = (turn: Turn): string =>
  turn.trained_tokens > 0
    ? `${formatCount(turn.trained_tokens)} trained`
    : formatAmount(turn.end - turn.start, 'token');

const runClass = ({ trained, cut }: Run): string => {
  if (cut) return 'text-ink-3 line-through decoration-bad-fill';
  return trained ? 'border-b border-trained-line bg-trained-tint' : 'text-ink-2';
};

const RefusedLine = ({ view }: { readonly view: RecordView }) => (
  <p className="mb-3 flex min-h-8 items-center gap-2 border-t border-dashed border-bad-fill bg-bad-tint px-4 py-1 text-xs font-medium text-bad">
    <CircleAlert aria-hidden className="size-4 shrink-0" />
    {refusedRecordWords(view)}
  </p>
);

const CutLine = ({ view, at }: { readonly view: RecordView; readonly at: number }) => (
  <div className="mb-3 flex h-8 items-center gap-2 border-t border-dashed border-bad-fill bg-bad-tint px-4 text-xs text-bad">
    <Scissors aria-hidden className="size-4" />
    <span className="font-medium">
      Cut at token {formatCount(at)}
      {view.turns.some(({ start }) => start === at) ? ', a turn border' : ''}
    </span>
    <span className="ml-auto">
      {formatAmount(view.lost_tokens, 'token')} not seen, {formatCount(view.lost_trained_tokens)} of them to
      be trained
    </span>
  </div>
);
