import { Gauge } from 'lucide-react';
import { classNames } from '../../../components/class-names';
import { formatAmount, formatBytes, formatDuration, formatRoughDuration } from '../../../components/format';
import { Panel } from '../../../components/layout';
import type { TryItPlan } from '../../../lib/types/try-it';
import { useValue } from '../../../live-value';
import { hardware } from '../../../stores';
import { firstTimeWords } from '../try-it-words';
import { phasesAlong } from '../try-it-phases';
import type { TryItPhases } from '../try-it-phases';
import type { LastTry } from '../use-try-it';

interface TryItProps {
  readonly plan: TryItPlan | null;
  readonly last: LastTry | null;
  /** Closer together once there are things of one's own to show below. */
  readonly compact: boolean;
}

export const TryIt = ({ plan, last, compact }: TryItProps) => (
  <Panel
    title="What “Try it” does"
    note="Bundled model and sample, no download"
    plain
    className={classNames('flex flex-1 flex-col', compact && 'tall:flex-none')}
  >
    {last ? <Phases phases={last.phases} compact={compact} /> : null}
    <ol className={classNames('flex-1 px-4', compact ? 'py-3 tall:py-4' : 'flex flex-col py-4')}>
      {stepsOf(plan, last).map(({ title, says, phase }, index, all) => (
        <li
          key={phase}
          className={classNames(
            'relative flex gap-3',
            compact ? 'min-h-11 last:min-h-0 tall:not-last:min-h-16' : 'max-h-26 min-h-16 flex-1',
          )}
        >
          {index < all.length - 1 ? (
            <span aria-hidden className="absolute top-6 bottom-0 left-3 border-l" />
          ) : null}
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-full border border-line-strong text-xs text-ink-2"
          >
            {index + 1}
          </span>
          <div className="min-w-0 flex-1">
            <p>{title}</p>
            <p className="text-xs text-ink-2">{says}</p>
          </div>
          {last ? (
            <span className="shrink-0 text-ink-2 tabular-nums">
              {formatRoughDuration(last.phases[phase])}
            </span>
          ) : null}
        </li>
      ))}
    </ol>
    <p
      className={classNames(
        'flex gap-2 border-t px-4 text-xs text-ink-2',
        compact ? 'py-2 tall:py-3' : 'py-3',
      )}
    >
      <Gauge aria-hidden className="size-4 shrink-0" />
      {last ? (
        `Times of the last run here: ${formatDuration(last.ms)}, ${formatAmount(last.steps, 'step')}. It also measures this machine, for every later estimate.`
      ) : (
        <FirstTime />
      )}
    </p>
  </Panel>
);

const FirstTime = () =>
  `${firstTimeWords(useValue(hardware))} It also measures this machine, for every later estimate.`;

const stepsOf = (plan: TryItPlan | null, last: LastTry | null) =>
  [
    {
      phase: 'load',
      title: plan
        ? `Load ${plan.model_name} and ${formatAmount(plan.records, 'sample record')}`
        : 'Load the bundled model and sample',
      says: plan
        ? `${plan.model_bytes === null ? '' : `${formatBytes(plan.model_bytes)} of weights and `}${formatBytes(plan.sample_bytes)} of dialogues, part of the app`
        : 'Both are part of the app; nothing is downloaded',
    },
    {
      phase: 'untouched',
      title: 'Ask the untouched model',
      says: 'Its answer stays on screen, to compare with step 4',
    },
    {
      phase: 'train',
      title: last
        ? `Train ${formatAmount(last.steps, 'step')} with a live loss curve`
        : plan
          ? `Train ${plan.steps.fewest} to ${plan.steps.most} steps with a live loss curve`
          : 'Train with a live loss curve',
      says: `${plan ? `LoRA rank ${plan.lora_rank}; a` : 'A'} probe here fixes the steps, a tenth of the records is held out`,
    },
    {
      phase: 'again',
      title: 'Ask again, and say whether it got better',
      says: 'Held-out loss before and after, on the same records',
    },
  ] as const;

/** The parts of the last run along its time. */
const Phases = ({ phases, compact }: { readonly phases: TryItPhases; readonly compact: boolean }) => {
  const { parts, end } = phasesAlong(phases);
  return (
    <div
      aria-hidden
      className={classNames('px-4 text-xs text-ink-3 tabular-nums', compact ? 'pt-3 tall:pt-5' : 'pt-5')}
    >
      <div className="relative flex gap-0.5">
        {parts.map(({ phase, ms, at }) => (
          <div key={phase} className="relative min-w-0" style={{ flexGrow: ms, flexBasis: 0 }}>
            <div className={classNames('h-2 rounded-sm', phase === 'train' ? 'bg-accent' : 'bg-active')} />
            <p className="mt-1 truncate">{at}</p>
            {phase === 'train' ? (
              <p className="absolute inset-x-8 bottom-0 truncate text-center text-accent-text">training</p>
            ) : null}
          </div>
        ))}
        <p className="absolute right-0 bottom-0 bg-surface-2 pl-2">{end}</p>
      </div>
    </div>
  );
};
