import { Undo2 } from 'lucide-react';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { FileText } from '../../../components/file-text';
import { formatAmount, formatCount } from '../../../components/format';
import { visibleText } from '../../../lib/visible-text';
import { shownTurns } from '../../../lib/types/record-turns';
import type { ShownTurn } from '../../../lib/types/record-turns';
import type { IndexedRecord } from '../record-pages';

/** All that is kept of a record and that a run may take from it. */
export const RecordText = ({
  row: { record },
  isExcluded,
  onAsk,
}: {
  readonly row: IndexedRecord;
  readonly isExcluded: boolean;
  readonly onAsk: () => void;
}) => (
  <>
    <div className="flex min-h-10 items-center gap-3 border-b px-4 py-1">
      <h2 className="shrink-0 font-semibold">Line {formatCount(record.source_line)}</h2>
      {isExcluded ? <Badge tone="warn">excluded</Badge> : null}
      <span className="min-w-0 truncate font-mono text-mono text-ink-3" title={visibleText(record.id)}>
        <FileText>{record.id}</FileText>
      </span>
      <span className="ml-auto">
        {isExcluded ? (
          <Button small icon={Undo2} shortcut="X" onClick={onAsk}>
            Include again…
          </Button>
        ) : (
          <Button small shortcut="X" onClick={onAsk}>
            Exclude…
          </Button>
        )}
      </span>
    </div>
    <Scaffolding values={record.scaffolding ?? {}} />
    <ol aria-label="Turns" className="max-w-[45rem] p-4">
      {shownTurns(record).map((turn, index) => (
        <Turn key={index} turn={turn} isExcluded={isExcluded} />
      ))}
    </ol>
    {'tools' in record ? <Tools tools={record.tools ?? []} /> : null}
  </>
);

const Turn = ({ turn, isExcluded }: { readonly turn: ShownTurn; readonly isExcluded: boolean }) => (
  <li className="mb-4 grid grid-cols-[6rem_minmax(0,1fr)] gap-4 max-medium:grid-cols-1 max-medium:gap-1">
    <div className="text-right max-medium:flex max-medium:gap-2 max-medium:text-left">
      <p className="font-medium">
        <FileText>{turn.name}</FileText>
      </p>
      <Use trained={turn.trained} isExcluded={isExcluded} />
    </div>
    <div className="min-w-0">
      {turn.reasoning_content === undefined ? null : (
        <p className="mb-2 border-l-2 pl-3 break-words whitespace-pre-wrap text-ink-3" title="Reasoning">
          <span className="sr-only">Reasoning: </span>
          <FileText>{turn.reasoning_content}</FileText>
        </p>
      )}
      <p className="break-words whitespace-pre-wrap">
        <FileText>{turn.content}</FileText>
      </p>
      {turn.tool_calls ? <Json value={turn.tool_calls} /> : null}
    </div>
  </li>
);

/** What the record lets the model call: some templates write it before the turns, and some cannot. */
const Tools = ({ tools }: { readonly tools: readonly unknown[] }) =>
  tools.length === 0 ? null : (
    <details className="max-w-[45rem] px-4 pb-4">
      <summary className="text-ink-2">{formatAmount(tools.length, 'tool')} declared</summary>
      <Json value={tools} />
    </details>
  );

const Json = ({ value }: { readonly value: unknown }) => (
  <pre className="mt-1 overflow-x-auto font-mono text-mono">
    <FileText>{JSON.stringify(value, null, 2)}</FileText>
  </pre>
);

/** What a run makes of a turn: of a record that was excluded, nothing. */
const Use = ({ trained, isExcluded }: { readonly trained: boolean; readonly isExcluded: boolean }) =>
  isExcluded ? (
    <p className="text-xs text-ink-3">not used</p>
  ) : (
    <p className={trained ? 'text-xs text-accent-text' : 'text-xs text-ink-3'}>
      {trained ? 'trained' : 'context'}
    </p>
  );

/** What the file says about a record beside its turns. */
const Scaffolding = ({ values }: { readonly values: Readonly<Record<string, string>> }) =>
  Object.keys(values).length === 0 ? null : (
    <p className="flex flex-wrap gap-2 px-4 pt-3">
      {Object.entries(values).map(([key, value]) => (
        <Badge key={key}>{`${key}: ${value.replaceAll('_', ' ')}`}</Badge>
      ))}
    </p>
  );
