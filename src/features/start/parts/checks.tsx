import { CircleCheck, CircleDashed, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import { Badge, TONE_TEXT } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { Skeleton } from '../../../components/layout';
import type { DoctorCheck } from '../../../lib/types/system';

const ROWS = [
  { label: 'Graphics card', ids: ['gpu', 'driver'] },
  { label: 'Runtime', ids: ['runtime', 'model'] },
  { label: 'Disk', ids: ['disk'] },
] as const;

const LOOKS = {
  passed: { icon: CircleCheck, tone: 'good', word: 'Passed' },
  look: { icon: TriangleAlert, tone: 'warn', word: 'Needs a look' },
  failed: { icon: CircleX, tone: 'bad', word: 'Failed' },
  checking: { icon: CircleDashed, tone: 'neutral', word: 'Checking' },
} as const;

const ORDER = ['failed', 'look', 'passed'] as const;

/** Three checks in plain words; the worst of a row's findings speaks for it. */
export const Checks = ({
  checks,
  onRepeat,
}: {
  readonly checks: readonly DoctorCheck[] | null;
  readonly onRepeat: () => void;
}) => (
  <section aria-label="Checks" className="shrink-0 divide-y rounded-lg border bg-surface-2">
    {ROWS.map(({ label, ids }) => {
      const mine = checks?.filter(({ id }) => ids.some((known) => known === id)) ?? [];
      return <CheckRow key={label} label={label} checks={mine} onRepeat={onRepeat} />;
    })}
  </section>
);

const CheckRow = ({
  label,
  checks,
  onRepeat,
}: {
  readonly label: string;
  readonly checks: readonly DoctorCheck[];
  readonly onRepeat: () => void;
}) => {
  const level = ORDER.find((known) => checks.some((check) => check.level === known)) ?? 'checking';
  const worst = checks.find((check) => check.level === level);
  const rest = checks.filter((check) => check !== worst);
  const { icon: Icon, tone, word } = LOOKS[level];
  return (
    <div className="flex min-h-14 items-center gap-3 px-4 py-2">
      <Icon aria-hidden className={classNames('size-4 shrink-0', TONE_TEXT[tone])} />
      <h2 className="w-37 shrink-0 font-medium">{label}</h2>
      {worst ? (
        <div className="min-w-0 flex-1">
          <p>{worst.message}</p>
          <p className="text-xs text-ink-2">
            {[worst.hint, ...rest.map(({ message }) => message)].filter(Boolean).join(' ')}
          </p>
        </div>
      ) : (
        <div className="flex-1">
          <Skeleton className="w-1/2" />
        </div>
      )}
      {level === 'failed' ? (
        <Button icon={RefreshCw} onClick={onRepeat}>
          Check again
        </Button>
      ) : (
        <Badge tone={tone}>{word}</Badge>
      )}
    </div>
  );
};
