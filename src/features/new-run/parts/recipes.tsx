import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Fragment, useState } from 'react';
import { api } from '../../../api';
import { Badge } from '../../../components/badge';
import { MemoryBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import {
  formatBytes,
  formatCount,
  formatDurationBand,
  formatMemory,
  formatMemoryBand,
  formatParameters,
  formatPercent,
  formatRate,
  NOTHING,
} from '../../../components/format';
import { Skeleton } from '../../../components/layout';
import type { Estimate } from '../../../lib/types/estimate';
import { HYPERPARAMETER_PRESETS, PresetId } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';
import { draftsOf } from '../drafts';
import type { NewRun } from '../use-new-run';
import { Numbered } from './choices';

const RECIPES: Record<PresetId, { readonly title: string; readonly says: string }> = {
  conservative: { title: 'Conservative', says: 'A safe first look at new data.' },
  balanced: { title: 'Balanced', says: 'Suits 500 to 5,000 records.' },
  aggressive: { title: 'Aggressive', says: 'Learns most, overfits first.' },
  custom: { title: 'Your own', says: 'Starts from balanced; change what you like below.' },
};

/** Four cards on one grid and one memory scale, to be compared by position. */
export const Recipes = ({ run }: { readonly run: NewRun }) => {
  const [needs, setNeeds] = useState<Readonly<Partial<Record<PresetId, number>>>>({});
  const choose = (value: unknown) => {
    const chosen = PresetId.safeParse(value);
    if (chosen.success) run.setPreset(chosen.data);
  };
  const scale = Math.max(0, ...Object.values(needs));
  return (
    <section aria-label="Recipe" className="shrink-0">
      <div className="mb-2 flex items-center gap-2">
        <Numbered number={3} title="Recipe" />
        <p className="ml-auto flex items-center gap-3 text-xs text-ink-2">
          <span className="flex items-center gap-1">
            <span className="size-2 bg-ink-3" />
            in use
          </span>
          <span className="flex items-center gap-1">
            <span className="size-2 bg-accent" />
            this run
          </span>
          <span className="flex items-center gap-1">
            <span className="h-3 w-px bg-ink" />
            all memory
          </span>
        </p>
      </div>
      <RadioGroup
        aria-label="Recipe"
        value={run.preset}
        onValueChange={choose}
        className="grid grid-cols-2 gap-3 narrow:grid-cols-4"
      >
        {PresetId.options.map((preset) => (
          <RecipeCard
            key={preset}
            preset={preset}
            run={run}
            scale={scale}
            onNeed={(bytes) =>
              setNeeds((known) => (known[preset] === bytes ? known : { ...known, [preset]: bytes }))
            }
          />
        ))}
      </RadioGroup>
    </section>
  );
};

const RecipeCard = ({
  preset,
  run,
  scale,
  onNeed,
}: {
  readonly preset: PresetId;
  readonly run: NewRun;
  readonly scale: number;
  readonly onNeed: (bytes: number) => void;
}) => {
  const chosen = run.preset === preset;
  const request = run.request ? { ...run.request, preset_id: preset } : null;
  const { state } = useLoad(JSON.stringify(request), async () => {
    if (!request) return null;
    const estimate = await api.jobs.estimate(request);
    onNeed(
      Math.max(
        estimate.memory_total_bytes,
        estimate.memory_total_bytes - estimate.memory_free_bytes + estimate.memory_bytes.expected,
      ),
    );
    return estimate;
  });
  const estimate = state.kind === 'ready' ? state.value : null;
  const { title, says } = RECIPES[preset];
  return (
    <div
      className={classNames(
        'flex flex-col gap-2 rounded-lg border bg-surface-2 p-3',
        chosen && 'border-accent outline outline-accent',
      )}
    >
      <div className="flex items-center gap-2">
        <label className="flex min-w-0 flex-1 items-center gap-2 font-semibold">
          <Radio.Root
            value={preset}
            className="flex size-4 shrink-0 items-center justify-center rounded-full border border-line-control data-[checked]:border-4 data-[checked]:border-accent"
          />
          {title}
        </label>
        {estimate ? <Fit fits={estimate.fits} suggested={preset === 'balanced'} /> : null}
      </div>
      <Ingredients preset={preset} run={run} />
      {state.kind === 'error' ? (
        <p className="text-xs text-bad">
          {state.error.message} {state.error.hint}
        </p>
      ) : (
        <Figures estimate={estimate} scale={scale} />
      )}
      <p className="border-t pt-2 text-xs font-medium">{says}</p>
      {estimate?.remedies.map((remedy) => (
        <Button
          key={remedy.label}
          small
          onClick={() => {
            run.setPreset(preset);
            run.type(draftsOf(remedy.changes));
          }}
        >
          {remedy.label}
        </Button>
      ))}
    </div>
  );
};

const Fit = ({ fits, suggested }: { readonly fits: Estimate['fits']; readonly suggested: boolean }) => {
  if (fits === 'does_not_fit') return <Badge tone="bad">Does not fit</Badge>;
  if (fits === 'tight') return <Badge tone="warn">Tight</Badge>;
  return suggested ? <Badge tone="accent">Suggested</Badge> : null;
};

const Ingredients = ({ preset, run }: { readonly preset: PresetId; readonly run: NewRun }) => {
  const values = HYPERPARAMETER_PRESETS[preset];
  const { changes } = run;
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
    <p className="flex min-h-8 flex-wrap content-start gap-x-3 text-xs">
      {parts.map(({ text, changed }) => (
        <span key={text} className={changed ? 'text-warn' : 'text-ink-2'}>
          {text}
        </span>
      ))}
    </p>
  );
};

const Figures = ({ estimate, scale }: { readonly estimate: Estimate | null; readonly scale: number }) => {
  if (!estimate)
    return (
      <div role="status" aria-label="Estimating…" className="flex h-50 flex-col gap-4 pt-2">
        {[1, 2, 3, 4, 5].map((row) => (
          <Skeleton key={row} />
        ))}
      </div>
    );
  const free = estimate.memory_free_bytes - estimate.memory_bytes.expected;
  const rows = [
    ['Time', estimate.time_ms ? formatDurationBand(estimate.time_ms) : NOTHING, estimate.time_method],
    ['Steps', formatCount(estimate.total_steps), `${formatCount(estimate.steps_per_epoch)} an epoch`],
    [
      'Trainable',
      `${formatParameters(estimate.trainable_parameters)}, ${formatPercent(estimate.trainable_parameters / Math.max(1, estimate.total_parameters), 2)}`,
      `${formatCount(estimate.trainable_parameters)} of ${formatCount(estimate.total_parameters)} parameters`,
    ],
    [
      'Disk',
      `≈ ${formatBytes(estimate.disk_bytes.expected)}`,
      `${formatBytes(estimate.disk_free_bytes)} free`,
    ],
    ...(estimate.energy_kwh
      ? [['Energy', `≈ ${estimate.energy_kwh.expected.toFixed(2)} kWh`, 'from the card’s power'] as const]
      : []),
  ] as const;
  return (
    <>
      <div className="flex flex-wrap justify-between gap-x-2 text-xs" title={estimate.memory_method}>
        <span className="text-ink-2">Peak memory</span>
        <span className={classNames('font-medium', free < 0 && 'text-bad')}>
          {formatMemoryBand(estimate.memory_bytes)}
        </span>
      </div>
      <MemoryBar
        usedBytes={estimate.memory_total_bytes - estimate.memory_free_bytes}
        runBytes={estimate.memory_bytes.expected}
        totalBytes={estimate.memory_total_bytes}
        scaleBytes={Math.max(scale, estimate.memory_total_bytes)}
      />
      <div className="flex justify-between gap-2 text-xs text-ink-2">
        <span>
          {free < 0 ? `${formatMemory(-free)} more than is free` : `${formatMemory(free)} stays free`}
        </span>
        <span>{formatMemory(estimate.memory_total_bytes)}</span>
      </div>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-y-1">
        {rows.map(([label, value, method]) => (
          <Fragment key={label}>
            <dt className="text-xs text-ink-2">{label}</dt>
            <dd className="text-right" title={method}>
              {value}
            </dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
};
