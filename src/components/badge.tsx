import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { shownSafely } from './file-text';

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'info';

const FILLS: Record<Tone, string> = {
  neutral: 'bg-active text-ink-2',
  accent: 'bg-accent-tint text-accent-text',
  good: 'bg-good-tint text-good',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
  info: 'bg-info-tint text-info',
};

export const TONE_TEXT: Record<Tone, string> = {
  neutral: 'text-ink-2',
  accent: 'text-accent-text',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  info: 'text-info',
};

export const Badge = ({
  tone = 'neutral',
  icon: Icon,
  live,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: LucideIcon;
  /** Something is going on; the words say what. */
  readonly live?: boolean;
  readonly children: ReactNode;
}) => (
  <span
    className={classNames(
      'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
      FILLS[tone],
    )}
  >
    {Icon ? <Icon aria-hidden className="size-3" /> : null}
    {live ? <span aria-hidden className="size-1.5 rounded-full bg-current" /> : null}
    {shownSafely(children)}
  </span>
);
