import { Badge } from '../../../components/badge';
import { formatAmount, formatClockSeconds, formatCount, formatExactTime } from '../../../components/format';
import type { JobEvent } from '../../../lib/types/job-records';
import { eventKind, eventRows, eventTone, eventWords, groupLossWords } from '../event-words';
import { EVENT_PAGE, stepOf } from '../job-run';
import type { JobRun } from '../job-run';
import { FileText } from '../../../components/file-text';

export const EventList = ({ jobId, run }: { readonly jobId: string; readonly run: JobRun }) =>
  run.events.length === 0 ? (
    <p className="p-4 text-ink-2">Nothing has happened yet.</p>
  ) : (
    <>
      {run.eventsLeftOut > 0 ? (
        <p className="border-b px-4 py-2 text-xs text-ink-2">{leftOutWords(jobId, run)}</p>
      ) : null}
      <ul aria-label="Events, newest first" className="max-h-96 overflow-y-auto" tabIndex={0}>
        {eventRows(run.events)
          .toReversed()
          .map(({ event, groups }) => (
            <li
              key={`${event.attempt} ${event.seq}`}
              className="flex min-h-9 items-center gap-3 border-b px-4 last:border-0"
            >
              <time
                dateTime={event.time}
                title={formatExactTime(event.time)}
                className="w-16 shrink-0 text-ink-3"
              >
                {formatClockSeconds(event.time)}
              </time>
              <span className="w-26 shrink-0 max-medium:hidden">
                <Badge tone={eventTone(event)}>{eventKind(event)}</Badge>
              </span>
              <div className="min-w-0 flex-1 py-1.5 break-words">
                <FileText>{eventWords(event)}</FileText>
                {groups.length > 0 ? <Groups events={groups} /> : null}
              </div>
              <span className="shrink-0 text-right text-xs text-ink-3">{stepWords(stepOf(run, event))}</span>
            </li>
          ))}
      </ul>
    </>
  );

const leftOutWords = (jobId: string, { events, eventsLeftOut }: JobRun): string => {
  const [shown, all] = [events.length, events.length + eventsLeftOut].map(formatCount);
  const [first, last] = [EVENT_PAGE, events.length - EVENT_PAGE].map(formatCount);
  return `${shown} of ${all} events: the first ${first} and the last ${last}. The ${formatCount(eventsLeftOut)} between them are in runs/${jobId}/events.jsonl in the data folder.`;
};

const Groups = ({ events }: { readonly events: readonly JobEvent[] }) => (
  <details className="text-xs text-ink-2">
    <summary className="w-fit cursor-pointer">{formatAmount(events.length, 'group')} of it</summary>
    <FileText>{events.map(groupLossWords).join(', ')}</FileText>
  </details>
);

const stepWords = (step: number | null): string => (step === null ? '' : `step ${formatCount(step)}`);
