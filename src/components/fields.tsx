import { Field as BaseField } from '@base-ui/react/field';
import { Select as BaseSelect } from '@base-ui/react/select';
import { Slider as BaseSlider } from '@base-ui/react/slider';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { Check, ChevronDown, Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Kbd } from './button';
import { classNames } from './class-names';
import { FileText } from './file-text';
import { visibleText } from '../lib/visible-text';
import { IN_PAGE } from './popup-place';

const CONTROL =
  'rounded-md border border-line-control bg-surface-2 px-2 disabled:border-line disabled:text-ink-disabled';

export const Field = ({
  label,
  help,
  unit,
  error,
  changed,
  children,
}: {
  readonly label: string;
  readonly help?: ReactNode;
  readonly unit?: string;
  readonly error?: string;
  readonly changed?: ReactNode;
  readonly children: ReactNode;
}) => (
  <BaseField.Root invalid={error !== undefined} className="flex min-w-0 flex-col gap-1">
    <div className="flex items-baseline gap-2">
      <BaseField.Label className="font-medium">{label}</BaseField.Label>
      {unit ? <span className="text-xs text-ink-3">{unit}</span> : null}
      {changed ? <span className="ml-auto text-xs">{changed}</span> : null}
    </div>
    {children}
    {error ? (
      <BaseField.Error match className="text-xs text-bad">
        {error}
      </BaseField.Error>
    ) : help ? (
      <BaseField.Description className="text-xs text-ink-2">{help}</BaseField.Description>
    ) : null}
  </BaseField.Root>
);

export const Input = ({
  className,
  small,
  ...rest
}: ComponentProps<'input'> & { readonly small?: boolean }) => (
  <BaseField.Control
    {...rest}
    className={classNames(
      CONTROL,
      small ? 'h-6' : 'h-8',
      'min-w-0 data-[invalid]:border-bad-fill aria-invalid:border-bad-fill',
      className,
    )}
  />
);

export const TextArea = ({ className, ...rest }: ComponentProps<'textarea'>) => (
  <textarea {...rest} className={classNames(CONTROL, 'py-1.5', className)} />
);

export const SearchInput = ({
  label,
  value,
  onChange,
  small,
  className,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Beside small buttons. */
  readonly small?: boolean;
  readonly className?: string;
}) => (
  <label
    className={classNames(
      'flex items-center gap-2',
      small ? 'h-6 text-xs' : 'h-8',
      CONTROL,
      'focus-within:outline-2 focus-within:outline-focus',
      className,
    )}
  >
    <Search aria-hidden className={classNames('shrink-0 text-ink-3', small ? 'size-3.5' : 'size-4')} />
    <span className="sr-only">{label}</span>
    <input
      data-search
      type="text"
      placeholder={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="min-w-0 flex-1 bg-transparent outline-none"
    />
    <Kbd>/</Kbd>
  </label>
);

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export const Select = <Value extends string>({
  label,
  value,
  options,
  onChange,
  small,
  disabled,
  placeholder,
}: {
  readonly label: string;
  readonly value: Value | null;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
}) => (
  <BaseSelect.Root
    disabled={disabled}
    items={options.map(({ value, label }) => ({ value, label: visibleText(label) }))}
    value={value}
    onValueChange={(next) => {
      if (next !== null) onChange(next);
    }}
  >
    <BaseSelect.Trigger
      aria-label={label}
      className={classNames(
        'inline-flex min-w-0 items-center justify-between gap-2 border bg-surface-2 enabled:hover:bg-hover disabled:border-line disabled:text-ink-disabled',
        small
          ? 'h-6 rounded-sm border-line-strong px-2 text-xs font-medium'
          : 'h-8 rounded-md border-line-control px-2',
      )}
    >
      <span className="truncate">
        <BaseSelect.Value placeholder={placeholder} />
      </span>
      <BaseSelect.Icon>
        <ChevronDown aria-hidden className="size-3.5" />
      </BaseSelect.Icon>
    </BaseSelect.Trigger>
    <BaseSelect.Portal container={IN_PAGE}>
      <BaseSelect.Positioner sideOffset={4} align="start" alignItemWithTrigger={false} className="z-30">
        <BaseSelect.Popup className="max-h-80 min-w-(--anchor-width) overflow-y-auto rounded-lg border bg-surface-2 p-1 shadow-2 outline-none">
          {options.map((option) => (
            <BaseSelect.Item
              key={option.value}
              value={option.value}
              className="flex h-8 items-center gap-2 rounded-md px-2 outline-none select-none data-[highlighted]:bg-selected"
            >
              <span className="size-4">
                <BaseSelect.ItemIndicator>
                  <Check aria-hidden className="size-4" />
                </BaseSelect.ItemIndicator>
              </span>
              <BaseSelect.ItemText>
                <FileText>{option.label}</FileText>
              </BaseSelect.ItemText>
            </BaseSelect.Item>
          ))}
        </BaseSelect.Popup>
      </BaseSelect.Positioner>
    </BaseSelect.Portal>
  </BaseSelect.Root>
);

export const Segments = <Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
}) => (
  <ToggleGroup
    aria-label={label}
    value={[value]}
    onValueChange={([next]) => {
      const chosen = options.find((option) => option.value === next);
      if (chosen) onChange(chosen.value);
    }}
    className="inline-flex h-6 shrink-0 overflow-hidden rounded-md border border-line-strong bg-surface-2 text-xs"
  >
    {options.map((option) => (
      <Toggle
        key={option.value}
        value={option.value}
        className="border-r px-2 text-ink-2 last:border-0 hover:bg-hover focus-visible:-outline-offset-2 data-[pressed]:bg-active data-[pressed]:font-medium data-[pressed]:text-ink"
      >
        {option.label}
      </Toggle>
    ))}
  </ToggleGroup>
);

export const Slider = ({
  label,
  value,
  max,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}) => (
  <BaseSlider.Root value={value} min={0} max={max} onValueChange={onChange}>
    <BaseSlider.Control className="flex h-6 w-16 items-center">
      <BaseSlider.Track className="h-1 w-full rounded-full bg-active">
        <BaseSlider.Indicator className="rounded-full bg-accent" />
        <BaseSlider.Thumb
          aria-label={label}
          className="size-4 rounded-full border-2 border-accent bg-surface-2"
        />
      </BaseSlider.Track>
    </BaseSlider.Control>
  </BaseSlider.Root>
);

export const Switch = ({
  label,
  checked,
  onChange,
}: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) => (
  <BaseSwitch.Root
    aria-label={label}
    checked={checked}
    onCheckedChange={onChange}
    className="flex h-5 w-9 shrink-0 items-center rounded-full border border-line-control bg-active p-0.5 transition-colors data-[checked]:border-accent data-[checked]:bg-accent"
  >
    <BaseSwitch.Thumb className="size-3.5 rounded-full bg-ink-2 transition-transform data-[checked]:translate-x-4 data-[checked]:bg-accent-contrast" />
  </BaseSwitch.Root>
);
