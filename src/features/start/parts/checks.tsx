import { CircleCheck, CircleDashed, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import { Badge, TONE_TEXT } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { Skeleton } from '../../../components/layout';
import type { DoctorCheck } from '../../../lib/types/system';
import { checkRows } from './check-rows';
import type { CheckRow } from './check-rows';

const LOOKS = {
  passed: { icon: CircleCheck, tone: 'good', word: 'Passed' },
  look: { icon: TriangleAlert, tone: 'warn', word: 'Needs a look' },
  failed: { icon: CircleX, tone: 'bad', word: 'Failed' },
  checking: { icon: CircleDashed, tone: 'neutral', word: 'Checking' },
} as const;

/** Three checks in plain words. */
export const Checks = ({
  checks,
  onRepeat,
}: {
  readonly checks: readonly DoctorCheck[] | null;
  readonly onRepeat: () => void;
}) => (
  <section
    aria-label="Checks"
    aria-busy={checks === null}
    className="shrink-0 divide-y rounded-lg border bg-surface-2"
  >
    {checkRows(checks ?? []).map((row) => (
      <Row key={row.label} row={row} onRepeat={onRepeat} />
    ))}
  </section>
);

const Row = ({ row, onRepeat }: { readonly row: CheckRow; readonly onRepeat: () => void }) => {
  const { icon: Icon, tone, word } = LOOKS[row.level];
  return (
    <div className="flex min-h-14 items-center gap-3 px-4 py-2">
      <Icon aria-hidden className={classNames('size-4 shrink-0', TONE_TEXT[tone])} />
      <h2 className="w-37 shrink-0 font-medium">{row.label}</h2>
      {row.message === null ? (
        <div className="flex-1">
          <Skeleton className="w-1/2" />
        </div>
      ) : (
        <div className="min-w-0 flex-1">
          <p>{row.message}</p>
          {row.more ? <p className="text-xs text-ink-2">{row.more}</p> : null}
        </div>
      )}
      {row.level === 'failed' ? (
        <Button icon={RefreshCw} onClick={onRepeat}>
          Check again
        </Button>
      ) : (
        <Badge tone={tone}>{word}</Badge>
      )}
    </div>
  );
};
