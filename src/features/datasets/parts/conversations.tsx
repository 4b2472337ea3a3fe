import { Badge } from '../../../components/badge';
import { Panel } from '../../../components/layout';
import { formatCount } from '../../../components/format';
import type { Dataset } from '../../../lib/types/lora-training';
import { RecordList, useRecords } from './record-list';

export const Conversations = ({ dataset }: { readonly dataset: Dataset }) => {
  const records = useRecords(dataset);
  return (
    <div className="flex min-h-0 flex-1 gap-4">
      <RecordList records={records} />
      <Panel plain className="flex-1 overflow-y-auto">
        {records.current ? (
          <>
            <div className="flex h-10 items-center gap-3 border-b px-4">
              <h2 className="font-semibold">Line {formatCount(records.current.record.source_line)}</h2>
              <span className="truncate font-mono text-mono text-ink-3">{records.current.record.id}</span>
              {Object.entries(records.current.record.scaffolding ?? {}).map(([key, value]) => (
                <Badge key={key}>{`${key}: ${value}`}</Badge>
              ))}
            </div>
            <ol aria-label="Turns" className="max-w-[45rem] p-4">
              {records.current.record.messages.map((message, index) => (
                <li key={index} className="mb-4 grid grid-cols-[6rem_1fr] gap-4">
                  <div className="text-right">
                    <p className="font-medium">{message.role}</p>
                    <p className="text-xs text-ink-3">{message.trained ? 'trained' : 'context'}</p>
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
