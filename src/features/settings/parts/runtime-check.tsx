import { CircleCheck, CircleMinus, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import { TONE_TEXT } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { formatAgo } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Async } from '../../../components/states';
import { useNow } from '../../../components/time';
import type { DoctorCheck } from '../../../lib/types/system';
import type { SharedState } from './shared-state';

const LOOKS = {
  passed: { icon: CircleCheck, tone: 'good' },
  not_needed: { icon: CircleMinus, tone: 'neutral' },
  look: { icon: TriangleAlert, tone: 'warn' },
  failed: { icon: CircleX, tone: 'bad' },
} as const;

interface RuntimeCheckProps extends SharedState<readonly DoctorCheck[]> {
  /** When the runtime answered last; it may have been asked on another page. */
  readonly at: number | null;
  readonly busy: boolean;
}

export const RuntimeCheck = ({ state, quiet, onRetry, at, busy }: RuntimeCheckProps) => {
  const now = useNow();
  return (
    <Panel
      title="Runtime check"
      plain
      note={busy ? 'Checking…' : at === null ? null : `Checked ${formatAgo(at, Math.max(now, at))}`}
      actions={
        <Button small icon={RefreshCw} busy={busy} onClick={onRetry}>
          Check again
        </Button>
      }
    >
      <Async state={state} errorTitle="The checks cannot run" quiet={quiet} onRetry={onRetry} rows={4}>
        {(checks) => (
          <ul>
            {checks.map((check) => {
              const { icon: Icon, tone } = LOOKS[check.level];
              return (
                <li key={check.id} className="flex items-start gap-3 border-b px-4 py-2 last:border-0">
                  <Icon
                    aria-label={check.level.replace('_', ' ')}
                    className={classNames('mt-0.5 size-4 shrink-0', TONE_TEXT[tone])}
                  />
                  <div className="min-w-0">
                    <p className="font-medium">{check.title}</p>
                    <p className="text-xs text-ink-2">{check.message}</p>
                    {check.hint ? <p className="text-xs text-ink-2">{check.hint}</p> : null}
                  </div>
                </li>
              );
            })}
          </ul>
        )}
      </Async>
    </Panel>
  );
};
