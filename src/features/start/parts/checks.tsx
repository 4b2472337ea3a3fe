import { CircleCheck, CircleDashed, CircleMinus, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import { Badge, TONE_TEXT } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { Skeleton } from '../../../components/layout';
import { ErrorState } from '../../../components/states';
import type { DoctorCheck, ErrorPayload } from '../../../lib/types/system';
import { checkRows } from './check-rows';
import type { CheckRow } from './check-rows';

const LOOKS = {
  passed: { icon: CircleCheck, tone: 'good', word: 'Passed' },
  not_needed: { icon: CircleMinus, tone: 'neutral', word: 'Optional' },
  look: { icon: TriangleAlert, tone: 'warn', word: 'Needs a look' },
  failed: { icon: CircleX, tone: 'bad', word: 'Failed' },
  checking: { icon: CircleDashed, tone: 'neutral', word: 'Checking' },
} as const;

/** Three checks in plain words; the last answer stays while they are made anew. */
export const Checks = ({
  checks,
  age,
  room,
  busy,
  failure,
  onRepeat,
}: {
  readonly checks: readonly DoctorCheck[];
  /** What the disk has room for; null where nothing tells. */
  readonly room: string | null;
  /** How long ago the runtime answered; null where it has not. */
  readonly age: string | null;
  readonly busy: boolean;
  /** Why they could not be made. */
  readonly failure: ErrorPayload | null;
  readonly onRepeat: () => void;
}) => (
  <section aria-label="Checks" aria-busy={busy} className="shrink-0 divide-y rounded-lg border bg-surface-2">
    {failure ? (
      <ErrorState compact title="The checks cannot run" error={failure} onRetry={onRepeat} />
    ) : (
      checkRows(checks).map((row) => (
        <Row
          key={row.label}
          row={row}
          busy={busy}
          age={row.label === 'Runtime' ? age : null}
          note={row.label === 'Disk' ? room : null}
          onRepeat={onRepeat}
        />
      ))
    )}
  </section>
);

const Row = ({
  row,
  busy,
  age,
  note,
  onRepeat,
}: {
  readonly row: CheckRow;
  readonly busy: boolean;
  readonly note: string | null;
  /** How long ago it was found; null of what is as it is now. */
  readonly age: string | null;
  readonly onRepeat: () => void;
}) => {
  const { icon: Icon, tone, word } = LOOKS[row.level];
  const checked = age === null ? '' : busy ? 'Checking again…' : `Checked ${age}.`;
  const more = [row.more, note, checked].filter(Boolean).join(' ');
  return (
    <div className="flex min-h-14 items-center gap-3 px-4 py-2">
      <Icon aria-hidden className={classNames('size-4 shrink-0', TONE_TEXT[tone])} />
      <h2 className="w-24 shrink-0 font-medium medium:w-37">{row.label}</h2>
      {row.message === null ? (
        <div className="flex-1">
          <Skeleton className="w-1/2" />
        </div>
      ) : (
        <div className="min-w-0 flex-1">
          <p className="line-clamp-2 break-words" title={row.message}>
            {row.message}
          </p>
          {more ? (
            <p className="line-clamp-2 text-xs break-words text-ink-2" title={more}>
              {more}
            </p>
          ) : null}
        </div>
      )}
      {row.level === 'failed' ? (
        <Button icon={RefreshCw} busy={busy} onClick={onRepeat}>
          Check again
        </Button>
      ) : (
        <>
          {age === null ? null : (
            <Button small look="plain" icon={RefreshCw} busy={busy} onClick={onRepeat}>
              Check again
            </Button>
          )}
          <Badge tone={tone}>{word}</Badge>
        </>
      )}
    </div>
  );
};
