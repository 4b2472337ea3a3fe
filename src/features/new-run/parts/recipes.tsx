import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { decapitalised, formatCount, formatMemory, formatRate } from '../../../components/format';
import { ErrorNote } from '../../../components/states';
import { misfitOf } from '../../../lib/messages/misfit';
import type { Estimate } from '../../../lib/types/estimate';
import { HYPERPARAMETER_PRESETS, PresetId } from '../../../lib/types/lora-training';
import type { Loaded } from '../../../live-store';
import { draftsOf } from '../drafts';
import { similarTitle, similarWords } from '../similar-runs';
import type { SimilarRun } from '../similar-runs';
import type { Estimates } from '../use-estimates';
import { useMemoryProbe } from '../use-memory-probe';
import type { NewRun } from '../use-new-run';
import { useSimilarRuns } from '../use-similar-runs';
import { Numbered } from './choices';
import { MeasureMemory } from './measure-memory';
import { Figures } from './recipe-figures';

const TITLES: Record<PresetId, string> = {
  conservative: 'Conservative',
  balanced: 'Balanced',
  aggressive: 'Aggressive',
  custom: 'Your own',
};

const says = (preset: PresetId, { own }: NewRun): string => {
  switch (preset) {
    case 'conservative':
      return 'A safe first look at new data.';
    case 'balanced':
      return 'Suits 500 records and more.';
    case 'aggressive':
      return 'Learns most, overfits first.';
    case 'custom': {
      const basis = TITLES[own.basis === 'custom' ? 'balanced' : own.basis];
      return `${basis}, as you change it.`;
    }
  }
};

/** Four cards on one grid and one memory scale, to be compared by position. */
export const Recipes = ({ run, estimates }: { readonly run: NewRun; readonly estimates: Estimates }) => {
  const similarTo = useSimilarRuns(run);
  const probe = useMemoryProbe(estimates.again);
  const choose = (value: unknown) => {
    const chosen = PresetId.safeParse(value);
    if (chosen.success) run.setPreset(chosen.data);
  };
  return (
    <section aria-label="Recipe" className="shrink-0">
      <div className="mb-2 flex flex-wrap items-center gap-x-2 gap-y-1">
        <Numbered number={3} title="Recipe" />
        <Basis state={estimates.of(run.preset)} />
        <MemoryKey state={estimates.of(run.preset)} />
        <MeasureMemory run={run} probe={probe} />
      </div>
      <ErrorNote error={probe.failure} onDismiss={probe.clear} />
      <RadioGroup
        aria-label="Recipe"
        aria-busy={PresetId.options.some((preset) => !estimates.isCurrent(preset))}
        value={run.preset}
        onValueChange={choose}
        className="grid grid-cols-1 gap-3 medium:grid-cols-2 wide:grid-cols-4"
      >
        {PresetId.options.map((preset) => (
          <RecipeCard
            key={preset}
            preset={preset}
            run={run}
            estimates={estimates}
            similar={similarTo(preset)}
          />
        ))}
      </RadioGroup>
    </section>
  );
};

/** Where the figures come from, in words that need no pointer. */
const Basis = ({ state }: { readonly state: Loaded<Estimate> }) => (
  <p
    className="line-clamp-2 min-w-52 flex-1 text-xs text-ink-2"
    title={state.kind === 'ready' ? state.value.time_method : undefined}
  >
    {state.kind === 'ready' ? `Times: ${decapitalised(state.value.time_method)}` : ''}
  </p>
);

const MemoryKey = ({ state }: { readonly state: Loaded<Estimate> }) => {
  const total = state.kind === 'ready' ? `, ${formatMemory(state.value.memory_total_bytes)}` : '';
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-xs text-ink-2">
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="size-2 rounded-xs bg-line-control" />
        in use now
      </span>
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="size-2 rounded-xs bg-accent" />
        this run
      </span>
      <span className="flex items-center gap-1.5">
        <span aria-hidden className="h-3 w-px bg-ink" />
        all memory{total}
      </span>
    </p>
  );
};

const RecipeCard = ({
  preset,
  run,
  estimates,
  similar,
}: {
  readonly preset: PresetId;
  readonly run: NewRun;
  readonly estimates: Estimates;
  readonly similar: readonly SimilarRun[] | null;
}) => {
  const chosen = run.preset === preset;
  const state = estimates.of(preset);
  const estimate = state.kind === 'ready' ? state.value : null;
  const stale = !estimates.isCurrent(preset) || (chosen && run.isInvalid);
  return (
    <div
      data-recipe={preset}
      data-stale={stale}
      className={classNames(
        'flex min-w-0 flex-col gap-2 rounded-lg border bg-surface-2 p-3',
        chosen && 'border-accent outline outline-accent',
      )}
    >
      <div className="flex h-5 items-center gap-2">
        <label className="flex min-w-0 flex-1 items-center gap-2 font-semibold">
          <Radio.Root
            value={preset}
            className="flex size-4 shrink-0 items-center justify-center rounded-full border border-line-control data-[checked]:border-4 data-[checked]:border-accent"
          />
          {TITLES[preset]}
        </label>
        {estimate ? <Fit estimate={estimate} suggested={preset === run.suggested} /> : null}
      </div>
      <Ingredients preset={preset} run={run} stale={stale} />
      <Needs state={run.requestOf(preset) ? state : null} scaleBytes={estimates.scaleBytes} stale={stale} />
      <div className="border-t pt-2 text-xs">
        <p className="font-medium">{says(preset, run)}</p>
        <Prospect estimate={estimate} similar={similar} />
      </div>
      {estimate?.remedies.map((remedy) => (
        <Button key={remedy.label} small onClick={() => run.type(draftsOf(remedy.changes), preset)}>
          {remedy.label}
        </Button>
      ))}
    </div>
  );
};

/** Before the buttons that do it; null where there are none. */
const remedyWords = ({ remedies }: Estimate): string | null => {
  if (remedies.length === 0) return null;
  return remedies.length === 1 ? 'This makes it fit:' : 'Each of these makes it fit:';
};

/** What similar runs came to; of one that has no room what is left to do. */
const Prospect = ({
  estimate,
  similar,
}: {
  readonly estimate: Estimate | null;
  readonly similar: readonly SimilarRun[] | null;
}) => {
  const misfit = estimate && misfitOf(estimate);
  if (!misfit) return <Similar runs={similar} />;
  return <p className="min-h-8 text-ink-2">{remedyWords(estimate) ?? misfit.hint}</p>;
};

/** In the place of two lines, before they are known too. */
const Similar = ({ runs }: { readonly runs: readonly SimilarRun[] | null }) => (
  <p className="min-h-8 text-ink-2" title={runs ? similarTitle(runs) : undefined}>
    {runs ? similarWords(runs) : null}
  </p>
);

/** Null where there is nothing yet that could be estimated. */
const Needs = ({
  state,
  scaleBytes,
  stale,
}: {
  readonly state: Loaded<Estimate> | null;
  readonly scaleBytes: number;
  readonly stale: boolean;
}) => {
  if (!state) return <p className="text-xs text-ink-3">Choose data and base model to see what it needs.</p>;
  if (state.kind === 'error')
    return (
      <p className="text-xs text-bad">
        {state.error.message} {state.error.hint}
      </p>
    );
  return (
    <Figures estimate={state.kind === 'ready' ? state.value : null} scaleBytes={scaleBytes} stale={stale} />
  );
};

const Fit = ({ estimate, suggested }: { readonly estimate: Estimate; readonly suggested: boolean }) => {
  if (misfitOf(estimate)) return <Badge tone="bad">Does not fit</Badge>;
  if (estimate.fits === 'tight') return <Badge tone="warn">Tight</Badge>;
  return suggested ? <Badge tone="accent">Suggested</Badge> : null;
};

const NO_CHANGES: NewRun['ownChanges'] = {};

const Ingredients = ({
  preset,
  run,
  stale,
}: {
  readonly preset: PresetId;
  readonly run: NewRun;
  readonly stale: boolean;
}) => {
  const mine = preset === 'custom';
  const values = HYPERPARAMETER_PRESETS[mine ? run.own.basis : preset];
  const changes = mine ? run.ownChanges : NO_CHANGES;
  const plain = stale ? 'text-ink-3' : 'text-ink-2';
  const parts = [
    { text: `rank ${changes.lora_rank ?? values.lora_rank}`, changed: changes.lora_rank !== undefined },
    { text: `batch ${changes.batch_size ?? values.batch_size}`, changed: changes.batch_size !== undefined },
    { text: `${changes.num_epochs ?? values.num_epochs} epochs`, changed: changes.num_epochs !== undefined },
    {
      text: `rate ${formatRate(changes.learning_rate ?? values.learning_rate)}`,
      changed: changes.learning_rate !== undefined,
    },
    ...(changes.max_length === undefined
      ? []
      : [{ text: `max length ${formatCount(changes.max_length)}`, changed: true }]),
  ];
  return (
    <p className="flex min-h-8 flex-wrap broad:min-h-4 content-start gap-x-3 text-xs">
      {parts.map(({ text, changed }) => (
        <span key={text} className={changed ? 'text-warn' : plain}>
          {text}
        </span>
      ))}
    </p>
  );
};
