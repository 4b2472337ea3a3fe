import { Check, CircleAlert, Copy, RefreshCw, TriangleAlert } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { safeWords } from '../lib/messages/what-is-safe';
import type { ErrorPayload } from '../lib/types/system';
import type { Loaded } from '../live-store';
import { showLog } from '../show-log';
import { Button } from './button';
import { classNames } from './class-names';
import { Panel, SkeletonRows } from './layout';
import { useCopy } from './use-copy';
import { FileText } from './file-text';

export const EmptyState = ({
  icon: Icon,
  title,
  children,
  actions,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}) => (
  <div className="flex max-w-[32rem] flex-col items-start gap-1 px-12 py-10">
    <Icon aria-hidden className="mb-2 size-4 text-ink-3" />
    <h2 className="text-md font-semibold">{title}</h2>
    <div className="text-ink-2">{children}</div>
    {actions ? <div className="mt-3 flex flex-wrap gap-3">{actions}</div> : null}
  </div>
);

/** A page whose thing is gone, with the way back to those that are there. */
export const Missing = ({
  icon,
  thing,
  parent,
}: {
  readonly icon: LucideIcon;
  readonly thing: string;
  readonly parent: { readonly label: string; readonly href: string };
}) => (
  <Panel plain>
    <EmptyState
      icon={icon}
      title={`This ${thing} is not here`}
      actions={
        <Link href={parent.href} className="font-medium text-accent-text">
          {`Go to ${parent.label}`}
        </Link>
      }
    >
      It was deleted, or the address is of another data folder.
    </EmptyState>
  </Panel>
);

const CopyDetails = ({ error, small }: { readonly error: ErrorPayload; readonly small?: boolean }) => {
  const { copied, copy } = useCopy(`${error.code}: ${error.message} ${error.hint}`);
  return (
    <Button small={small} look="plain" icon={copied ? Check : Copy} onClick={copy}>
      {copied ? 'Copied' : 'Copy details'}
    </Button>
  );
};

/** What happened, why and what to do; `compact` for a part of a page. */
export const ErrorState = ({
  title,
  error,
  compact,
  onRetry,
}: {
  readonly title: string;
  readonly error: ErrorPayload;
  readonly compact?: boolean;
  readonly onRetry?: () => void;
}) => (
  <div
    role="alert"
    className={classNames('flex max-w-[32rem] flex-col items-start gap-1', compact ? 'p-4' : 'px-12 py-10')}
  >
    <CircleAlert aria-hidden className="mb-2 size-4 text-bad" />
    <h2 className="text-md font-semibold">{title}</h2>
    <p className="text-ink-2">
      <FileText>{`${error.message} ${error.hint}`}</FileText>
    </p>
    {safeWords(error.code) ? <p className="text-ink-2">{safeWords(error.code)}</p> : null}
    <div className="mt-3 flex flex-wrap gap-2">
      {onRetry ? (
        <Button icon={RefreshCw} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
      <CopyDetails error={error} />
      <Button look="plain" onClick={() => void showLog()}>
        Show the log
      </Button>
    </div>
    <p className="mt-2 font-mono text-mono text-ink-3">{error.code}</p>
  </div>
);

/** What went wrong with an action, beside the thing acted on. */
export const ErrorNote = ({
  error,
  onDismiss,
}: {
  readonly error: ErrorPayload | null;
  readonly onDismiss?: () => void;
}) =>
  error ? (
    <div role="alert" className="flex items-start gap-2 rounded-md bg-bad-tint px-3 py-2 text-bad">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0 flex-1">
        <FileText>{`${error.message} ${error.hint}`}</FileText>
      </p>
      <CopyDetails small error={error} />
      {onDismiss ? (
        <Button small look="plain" onClick={onDismiss}>
          Dismiss
        </Button>
      ) : null}
    </div>
  ) : null;

/** Loading, error and ready in the same place; empty is the child's own matter. */
export const Async = <Value,>({
  state,
  errorTitle,
  onRetry,
  rows,
  framed,
  skeleton,
  quiet,
  children,
}: {
  readonly state: Loaded<Value>;
  readonly errorTitle: string;
  readonly onRetry?: () => void;
  /** How many rows are expected, where it is a part of a page. */
  readonly rows?: number;
  /** Where the value brings its own panels, so that waiting for it needs one. */
  readonly framed?: boolean;
  /** The places of what is to come, where rows are not. */
  readonly skeleton?: ReactNode;
  /** What went wrong is said elsewhere on the page. */
  readonly quiet?: boolean;
  readonly children: (value: Value) => ReactNode;
}) => {
  if (state.kind === 'ready') return children(state.value);
  if (state.kind === 'loading' && skeleton) return skeleton;
  const shown =
    state.kind === 'loading' ? (
      <SkeletonRows rows={rows} />
    ) : quiet ? (
      <p className="p-4 text-ink-2">{errorTitle}.</p>
    ) : (
      <ErrorState title={errorTitle} error={state.error} compact={rows !== undefined} onRetry={onRetry} />
    );
  return framed ? <Panel plain>{shown}</Panel> : shown;
};
