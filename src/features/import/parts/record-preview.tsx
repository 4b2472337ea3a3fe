import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../../components/button';
import { visibleText } from '../../../lib/visible-text';
import type { CanonicalRecord } from '../../../lib/types/dataset-records';
import { shownTurns } from '../../../lib/types/record-turns';

/** The first records as the chat that they become. */
export const RecordPreview = ({ records }: { readonly records: readonly CanonicalRecord[] }) => {
  const [at, setAt] = useState(0);
  const index = Math.min(at, records.length - 1);
  const record = records[index];
  if (record === undefined) return null;
  return (
    <div role="group" aria-label="First records" className="flex min-w-0 flex-col gap-2">
      <div className="flex h-6 items-center gap-2">
        <h3 className="font-medium">{`Record ${index + 1}`}</h3>
        <span className="text-xs text-ink-3">{`of the first ${records.length}, line ${record.source_line}`}</span>
        <span className="ml-auto flex gap-1">
          <IconButton
            small
            look="plain"
            label="Record before"
            icon={ChevronLeft}
            disabled={index === 0}
            onClick={() => setAt(index - 1)}
          />
          <IconButton
            small
            look="plain"
            label="Next record"
            icon={ChevronRight}
            disabled={index >= records.length - 1}
            onClick={() => setAt(index + 1)}
          />
        </span>
      </div>
      <ol
        tabIndex={0}
        aria-label={`Turns of record ${index + 1}`}
        className="flex max-h-80 flex-col gap-2 overflow-y-auto rounded-md border bg-surface-0 p-3"
      >
        {shownTurns(record).map((turn, place) => (
          <li key={place} className="min-w-0">
            <p className="text-xs text-ink-3">
              {visibleText(turn.name)}
              {turn.trained ? <span className="text-accent-text"> · trained</span> : null}
            </p>
            <bdi className="block break-words whitespace-pre-wrap">{visibleText(turn.content)}</bdi>
            {turn.tool_calls?.map((call, nth) => (
              <bdi key={nth} className="block font-mono text-mono break-all text-ink-2">
                {visibleText(`${call.function.name} ${JSON.stringify(call.function.arguments)}`)}
              </bdi>
            ))}
          </li>
        ))}
      </ol>
    </div>
  );
};
