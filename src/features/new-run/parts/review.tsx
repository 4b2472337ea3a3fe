import { classNames } from '../../../components/class-names';
import { Input } from '../../../components/fields';
import { formatAmount, formatClockAhead, formatCount, formatPercent } from '../../../components/format';
import { useNow } from '../../../components/time';
import { misfitOf } from '../../../lib/messages/misfit';
import type { Estimate } from '../../../lib/types/estimate';
import { HYPERPARAMETER_PRESETS } from '../../../lib/types/lora-training';
import { useQueuePlan } from '../../jobs';
import { stepsWords } from '../steps-words';
import type { Estimates } from '../use-estimates';
import type { NewRun } from '../use-new-run';
import { Numbered } from './choices';

export const Review = ({ run, estimates }: { readonly run: NewRun; readonly estimates: Estimates }) => {
  const state = estimates.of(run.preset);
  const estimate = state.kind === 'ready' ? state.value : null;
  return (
    <section
      aria-label="Review"
      className="flex shrink-0 flex-wrap items-start gap-x-6 gap-y-3 rounded-lg border bg-surface-2 px-4 py-3"
    >
      <Numbered number={4} title="Review" />
      <div className="min-h-15 min-w-72 flex-1">
        <label className="flex items-center gap-3">
          <span className="text-ink-2">Name</span>
          <Input
            className="flex-1"
            maxLength={200}
            value={run.name}
            onChange={(event) => run.setName(event.target.value)}
          />
        </label>
        <p
          className={classNames(
            'mt-2 min-h-8 max-w-[45rem] text-xs',
            run.isInvalid ? 'text-ink-3' : 'text-ink-2',
          )}
        >
          {estimate ? sentence(run, estimate) : null}
        </p>
      </div>
      <Turn estimate={run.isInvalid ? null : estimate} />
    </section>
  );
};

/** Null while one's own recipe is read. */
const recordsPerStep = ({ preset, recipe, changes }: NewRun): number | null => {
  if (preset !== 'custom') return HYPERPARAMETER_PRESETS[preset].batch_size;
  if (!recipe) return null;
  const { batch_size, gradient_accumulation_steps } = { ...recipe, ...changes };
  return batch_size * gradient_accumulation_steps;
};

const sentence = (run: NewRun, estimate: Estimate): string => {
  const parameters = `${formatCount(estimate.trainable_parameters)} trainable parameters, ${formatPercent(estimate.trainable_parameters / Math.max(1, estimate.total_parameters), 2)} of the model`;
  const steps = stepsWords(estimate, recordsPerStep(run));
  const heldOut = estimate.held_out_records === 0 ? ' Nothing is held out, so there will be no verdict.' : '';
  const kept = run.recipe
    ? ` The last ${run.changes.save_total_limit ?? run.recipe.save_total_limit} checkpoints and the best are kept.`
    : '';
  return `${parameters}. ${steps}.${heldOut}${kept} Samples from the untouched model come first.`;
};

const startWords = (startsIn: number | null, ahead: number, now: number): string => {
  if (ahead === 0) return 'Starts at once';
  return startsIn === null
    ? `Starts after ${formatAmount(ahead, 'job')}`
    : `Starts ≈ ${formatClockAhead(now + startsIn, now)}`;
};

const endWords = (startsIn: number | null, estimate: Estimate | null, now: number): string =>
  startsIn === null || !estimate?.time_ms
    ? ''
    : `, ends ≈ ${formatClockAhead(now + startsIn + estimate.time_ms.expected, now)}`;

const Turn = ({ estimate }: { readonly estimate: Estimate | null }) => {
  const now = useNow();
  const { running, waiting, end } = useQueuePlan();
  if (estimate && (estimate.refused.length > 0 || misfitOf(estimate)))
    return (
      <div className="text-right">
        <p>Cannot start</p>
        <p className="text-xs text-ink-2">
          {estimate.refused.length > 0
            ? 'It would stop at records that it cannot train'
            : 'It does not fit on this machine'}
        </p>
      </div>
    );
  const ahead = running.length + waiting.length;
  const free = ahead === 0;
  return (
    <div className="text-right">
      <p className="flex items-center justify-end gap-2">
        {free ? <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-good-fill" /> : null}
        {startWords(free ? 0 : end, ahead, now)}
        {endWords(free ? 0 : end, estimate, now)}
      </p>
      <p className="text-xs text-ink-2">
        {free ? 'No other job is running or waiting' : `${running.length} running, ${waiting.length} waiting`}
      </p>
    </div>
  );
};
