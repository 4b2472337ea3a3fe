import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { formatCount } from '../../../components/format';
import { withoutFlags } from '../../../lib/messages/without-flags';
import type { DatasetProblem } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import type { RawPart } from '../../../lib/types/raw-part';
import { errorWords, placeWords, problemWords } from '../dataset-words';
import type { Edits } from '../use-edits';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;
export const ON_IMPORT = 'Import the file again, and say so in the fields of the import page.';

export const ProblemRow = ({
  edits,
  problem,
}: {
  readonly edits: Edits;
  readonly problem: DatasetProblem;
}) => {
  const { dataset } = edits;
  const [raw, setRaw] = useState<RawPart | null>(null);
  const [isReading, setReading] = useState(false);
  const show = async () => {
    if (isReading) return;
    setReading(true);
    await attempt(`Line ${formatCount(problem.line)} cannot be shown`, async () =>
      setRaw(await api.datasets.raw_part(placeIn(dataset, problem))),
    );
    setReading(false);
  };
  const exclude = excludable(problem);
  const ask = () => edits.ask({ kind: 'exclude', ids: exclude, which: '' });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() === 'x' && !event.ctrlKey && exclude.length > 0) ask();
  };
  return (
    <li className="border-b px-4 py-2 last:border-0" onKeyDown={onKeyDown}>
      <div className="flex items-start gap-x-3 max-medium:flex-wrap">
        <span className="w-16 shrink-0 py-0.5 text-ink-3">
          {problem.line > 0 ? `line ${formatCount(problem.line)}` : 'file'}
        </span>
        <span className="w-36 shrink-0 py-0.5">
          <Badge tone={TONES[problem.severity]}>{problemWords(problem.type)}</Badge>
        </span>
        <span className="min-w-0 flex-1 py-0.5 break-words max-medium:order-last max-medium:basis-full">
          <FileText>{errorWords(problem)}</FileText>
        </span>
        <span aria-hidden className="medium:hidden max-medium:flex-1" />
        {problem.path ? (
          <span className="py-1 text-xs text-ink-3" title={visibleText(problem.path)}>
            <FileText>{placeWords(problem.path)}</FileText>
          </span>
        ) : null}
        {exclude.length > 0 ? (
          <Button
            small
            look="plain"
            aria-label={`Exclude the record of line ${formatCount(problem.line)}…`}
            onClick={ask}
          >
            Exclude…
          </Button>
        ) : null}
        {problem.line > 0 ? (
          <Button
            small
            look="plain"
            aria-expanded={raw !== null}
            onClick={() => (raw === null ? void show() : setRaw(null))}
          >
            {isReading ? 'Reading…' : raw === null ? 'Show line' : 'Hide line'}
          </Button>
        ) : null}
      </div>
      {problem.suggestion ? (
        <p className="pl-58 text-xs text-ink-2 max-medium:pl-0">
          <FileText>{withoutFlags(problem.suggestion, ON_IMPORT)}</FileText>
        </p>
      ) : null}
      {raw === null ? null : <RawLine part={raw} line={problem.line} />}
    </li>
  );
};

/** A record with an error is left out already. */
const excludable = ({ record_id, severity }: DatasetProblem): string[] =>
  record_id === null || severity === 'error' ? [] : [record_id];

export const placeIn = ({ id }: Pick<Dataset, 'id'>, { line, path, type, error }: DatasetProblem) => ({
  ...{ id, line, path, type, error },
});

/** As it stands in the file, with the bad spot marked where it is known. */
export const RawLine = ({ part, line }: { readonly part: RawPart; readonly line: number }) => {
  const { text, spot, is_cut_before, is_cut_after } = part;
  return (
    <pre
      tabIndex={0}
      aria-label={`Line ${line}`}
      className="mt-2 max-h-40 overflow-auto rounded-md border bg-surface-0 p-2 font-mono text-mono wrap-anywhere whitespace-pre-wrap"
    >
      {is_cut_before ? '…' : null}
      {spot === null ? (
        <FileText>{text}</FileText>
      ) : (
        <bdi>
          {visibleText(text.slice(0, spot.start))}
          <mark
            ref={showSpot}
            title="Here"
            className="rounded-xs bg-bad-tint text-bad outline outline-bad-fill"
          >
            {spot.start === spot.end ? '⏎' : visibleText(text.slice(spot.start, spot.end))}
          </mark>
          {visibleText(text.slice(spot.end))}
        </bdi>
      )}
      {is_cut_after ? '…' : null}
    </pre>
  );
};

const showSpot = (mark: HTMLElement | null): void => mark?.scrollIntoView({ block: 'nearest' });
