import { Badge } from '../../../components/badge';
import { Panel } from '../../../components/layout';
import { formatCount } from '../../../components/format';
import type { Dataset } from '../../../lib/types/lora-training';
import { shownTurns } from '../../../lib/types/record-turns';
import { RecordList, useRecords } from './record-list';

export const Conversations = ({ dataset }: { readonly dataset: Dataset }) => {
  const records = useRecords(dataset);
  return (
    <div className="flex min-h-0 flex-1 gap-4 max-medium:flex-col">
      <RecordList records={records} />
      <Panel plain className="flex-1 overflow-y-auto">
        {records.current ? (
          <>
            <div className="flex h-10 items-center gap-3 border-b px-4">
              <h2 className="shrink-0 font-semibold">
                Line {formatCount(records.current.record.source_line)}
              </h2>
              <span className="truncate font-mono text-mono text-ink-3" title={records.current.record.id}>
                {records.current.record.id}
              </span>
            </div>
            <Scaffolding values={records.current.record.scaffolding ?? {}} />
            <ol aria-label="Turns" className="max-w-[45rem] p-4">
              {shownTurns(records.current.record).map((message, index) => (
                <li
                  key={index}
                  className="mb-4 grid grid-cols-[6rem_minmax(0,1fr)] gap-4 max-medium:grid-cols-1 max-medium:gap-1"
                >
                  <div className="text-right max-medium:flex max-medium:gap-2 max-medium:text-left">
                    <p className="font-medium">{message.name}</p>
                    <p className={message.trained ? 'text-xs text-accent-text' : 'text-xs text-ink-3'}>
                      {message.trained ? 'trained' : 'context'}
                    </p>
                  </div>
                  <div className="min-w-0">
                    <p className="break-words whitespace-pre-wrap">{message.content}</p>
                    {message.tool_calls ? (
                      <pre className="mt-1 overflow-x-auto font-mono text-mono">
                        {JSON.stringify(message.tool_calls, null, 2)}
                      </pre>
                    ) : null}
                  </div>
                </li>
              ))}
            </ol>
          </>
        ) : null}
      </Panel>
    </div>
  );
};

/** What the file says about a record beside its turns. */
const Scaffolding = ({ values }: { readonly values: Readonly<Record<string, string>> }) =>
  Object.keys(values).length === 0 ? null : (
    <p className="flex flex-wrap gap-2 px-4 pt-3">
      {Object.entries(values).map(([key, value]) => (
        <Badge key={key}>{`${key}: ${value.replaceAll('_', ' ')}`}</Badge>
      ))}
    </p>
  );
