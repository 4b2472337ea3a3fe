import { ChevronDown, SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '../../../components/badge';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { Field, Input, Select } from '../../../components/fields';
import { FIELDS, shownValue } from '../../../setting-fields';
import type { FieldSpec } from '../../../setting-fields';
import { useLiveValue } from '../../../live-value';
import { hardware } from '../../../stores';
import { invalidWords } from '../start-block';
import type { NewRun } from '../use-new-run';
import { FindRate } from './rate-test';

const INSIDE = 'rates, schedule, target layers, packing, precision, checkpoints';

/** Without data and base model no recipe has values that could be changed. */
const canBeKnown = (run: NewRun): boolean => run.requestOf(run.preset) !== null;

/** Several cards are a choice where there are several, or where a recipe made elsewhere asks for them. */
const useFields = ({ changes }: NewRun): readonly FieldSpec[] => {
  const machine = useLiveValue(hardware);
  const cards = machine.kind === 'ready' ? machine.value.gpus.length : 0;
  return FIELDS.filter(({ key }) => key !== 'processes' || cards > 1 || changes.processes !== undefined);
};

export const Advanced = ({ run, focus }: { readonly run: NewRun; readonly focus?: string }) => {
  const [open, setOpen] = useState(focus !== undefined);
  const fields = useFields(run);
  const changed = fields.filter(({ key }) => run.changes[key] !== undefined);
  const isKnown = canBeKnown(run);
  const invalid = invalidWords(run.errors);
  return (
    <section aria-label="Advanced" className="shrink-0 rounded-lg border bg-surface-2">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-10 w-full items-start gap-2 px-4 py-2 text-left"
        >
          <span className="flex min-h-6 shrink-0 items-center gap-2">
            <SlidersHorizontal aria-hidden className="size-4" />
            <span className="font-semibold">Advanced</span>
            <span className="text-xs text-ink-2">
              {fields.length} settings{isKnown ? `, ${changed.length} changed` : ''}
            </span>
          </span>
          <span className="flex min-h-6 min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1">
            {invalid ? <Badge tone="bad">{invalid}</Badge> : null}
            {changed.map(({ key, label }) => (
              <Badge key={key} tone="warn">
                {label} {shownValue(key, run.changes[key])}, was{' '}
                {shownValue(key, run.recipe?.[key]) || 'by rule'}
              </Badge>
            ))}
          </span>
          <span className="flex min-h-6 shrink-0 items-center gap-2">
            {changed.length === 0 && !open ? (
              <span className="text-xs text-ink-3 max-wide:hidden">{INSIDE}</span>
            ) : null}
            <ChevronDown
              aria-hidden
              className={classNames('size-4 transition-transform', open && 'rotate-180')}
            />
          </span>
        </button>
      </h2>
      {open ? (
        <div className="border-t p-4">
          <div className="grid grid-cols-1 gap-x-6 gap-y-4 medium:grid-cols-2 narrow:grid-cols-3 broad:grid-cols-4">
            {fields.map((spec) => (
              <SettingField key={spec.key} spec={spec} run={run} focused={spec.key === focus} />
            ))}
          </div>
          <Button className="mt-4" disabled={changed.length === 0} onClick={run.reset}>
            Back to the recipe’s values
          </Button>
        </div>
      ) : null}
    </section>
  );
};

const SettingField = ({
  spec,
  run,
  focused,
}: {
  readonly spec: FieldSpec;
  readonly run: NewRun;
  readonly focused: boolean;
}) => {
  const was = shownValue(spec.key, run.recipe?.[spec.key]);
  const value = run.drafts[spec.key] ?? was;
  const set = (next: string) => run.type({ [spec.key]: next });
  const changed = run.changes[spec.key] !== undefined;
  // Not while they are read, which would take the focus from what is being typed.
  const disabled = !canBeKnown(run);
  return (
    <Field
      label={spec.label}
      unit={spec.unit}
      help={`${spec.help} ${spec.range}.`}
      error={run.errors[spec.key]}
      changed={
        changed ? (
          <button type="button" className="text-warn underline" onClick={() => set(was)}>
            changed, was {was || 'by rule'}
          </button>
        ) : null
      }
    >
      {spec.choices ? (
        <Select
          label={spec.label}
          disabled={disabled}
          value={value}
          options={spec.choices.map((choice) => ({ value: choice, label: choice }))}
          onChange={set}
        />
      ) : (
        <div className="flex gap-2">
          <Input
            autoFocus={focused}
            className="flex-1"
            disabled={disabled}
            value={value}
            placeholder={spec.kind === 'rule' ? 'by rule' : undefined}
            inputMode={spec.kind === 'modules' ? 'text' : 'decimal'}
            onChange={(event) => set(event.target.value)}
          />
          {spec.key === 'learning_rate' ? (
            <FindRate
              request={run.isInvalid ? null : run.request}
              onUse={(rate) => set(rate.toExponential())}
            />
          ) : null}
        </div>
      )}
    </Field>
  );
};
