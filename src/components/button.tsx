import { LoaderCircle } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names';
import { Tooltip } from './tooltip';

export type ButtonLook = 'filled' | 'outlined' | 'plain' | 'danger';

const LOOKS: Record<ButtonLook, string> = {
  filled: 'border-accent bg-accent text-accent-contrast hover:bg-accent-hover active:bg-accent-hover',
  outlined: 'border-line-strong bg-surface-2 hover:bg-hover active:bg-active',
  plain: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink active:bg-active',
  danger: 'border-bad-fill bg-bad-fill text-bad-contrast',
};

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  readonly look?: ButtonLook;
  readonly small?: boolean;
  readonly icon?: LucideIcon;
  readonly busy?: boolean;
  readonly shortcut?: string;
  readonly submit?: boolean;
}

export const Button = ({
  look = 'outlined',
  small,
  icon,
  busy,
  shortcut,
  submit,
  children,
  disabled,
  className,
  ...rest
}: ButtonProps) => {
  const Icon = busy ? LoaderCircle : icon;
  return (
    <button
      data-shortcut={shortcut?.toLowerCase()}
      {...rest}
      type={submit ? 'submit' : 'button'}
      aria-busy={busy}
      disabled={disabled ?? busy}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap border font-medium transition-colors',
        'disabled:border-line disabled:bg-transparent disabled:text-ink-disabled',
        small ? 'h-6 rounded-sm px-2 text-xs' : 'h-8 rounded-md px-3',
        LOOKS[look],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className={small ? 'size-3.5' : 'size-4'} /> : null}
      {children}
      {shortcut ? (
        <span className="ml-1">
          <Kbd plain={look === 'filled'}>{shortcut}</Kbd>
        </span>
      ) : null}
    </button>
  );
};

export const IconButton = ({
  label,
  icon: Icon,
  ...rest
}: { readonly label: string; readonly icon: LucideIcon } & Omit<ButtonProps, 'icon' | 'children'>) => (
  <Tooltip text={label}>
    <Button
      {...rest}
      aria-label={label}
      className={classNames('px-0!', rest.small ? 'w-6' : 'w-8', rest.className)}
    >
      <Icon aria-hidden className={rest.small ? 'size-3.5' : 'size-4'} />
    </Button>
  </Tooltip>
);

export const Kbd = ({ children, plain }: { readonly children: ReactNode; readonly plain?: boolean }) => (
  <kbd
    aria-hidden
    className={classNames(
      'rounded-sm border px-1 font-sans text-xs font-medium whitespace-nowrap',
      plain ? 'border-current text-current' : 'border-line bg-surface-1 text-ink-3',
    )}
  >
    {children}
  </kbd>
);
