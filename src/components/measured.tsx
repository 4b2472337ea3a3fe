import { Fragment } from 'react';
import type { ReactNode } from 'react';
import { Tooltip } from './tooltip';
import { FileText } from './file-text';

export interface MeasuredRow {
  readonly label: string;
  readonly value: ReactNode;
  /** How the number was come by, in one sentence. */
  readonly method: string | undefined;
}

/** A number that says on hover and on focus how it was come by. */
export const Measured = ({ value, method }: Pick<MeasuredRow, 'value' | 'method'>) =>
  method === undefined ? (
    value
  ) : (
    <Tooltip text={method}>
      <button
        type="button"
        aria-description={method}
        className="cursor-help rounded-sm text-right whitespace-nowrap underline decoration-line-control decoration-dotted underline-offset-4"
      >
        {value}
      </button>
    </Tooltip>
  );

/** Names and numbers, one pair a line, each with its method. */
export const MeasuredFacts = ({ rows }: { readonly rows: readonly MeasuredRow[] }) => (
  <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1">
    {rows.map(({ label, value, method }) => (
      <Fragment key={label}>
        <dt className="whitespace-nowrap text-ink-3">
          <FileText>{label}</FileText>
        </dt>
        <dd className="min-w-0 text-right">
          <Measured value={value} method={method} />
        </dd>
      </Fragment>
    ))}
  </dl>
);
