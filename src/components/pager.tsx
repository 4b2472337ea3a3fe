import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from './button';
import { formatCount } from './format';

export const Pager = ({
  of,
  label,
  total,
  offset,
  limit,
  onOffset,
}: {
  /** Of which list, where a page has several. */
  readonly of?: string;
  readonly label: string;
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly onOffset: (offset: number) => void;
}) =>
  total > limit ? (
    <nav
      aria-label={of === undefined ? 'Pages' : `Pages of ${of}`}
      className="flex items-center gap-2 border-t px-4 py-2 text-xs text-ink-2"
    >
      <span>
        {formatCount(offset + 1)} to {formatCount(Math.min(total, offset + limit))} of {label}
      </span>
      <IconButton
        small
        icon={ChevronLeft}
        label="Previous page"
        className="ml-auto"
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - limit))}
      />
      <IconButton
        small
        icon={ChevronRight}
        label="Next page"
        disabled={offset + limit >= total}
        onClick={() => onOffset(offset + limit)}
      />
    </nav>
  ) : null;
