import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { MouseEvent } from 'react';
import { IconButton } from './button';
import { formatCount } from './format';

/** The next page is read from its first row. */
const showBegin = ({ currentTarget }: MouseEvent): void => {
  const list = currentTarget.closest('nav')?.previousElementSibling;
  const top = list?.closest('.page-scroll')?.getBoundingClientRect().top ?? 0;
  if (list && list.getBoundingClientRect().top < top) list.scrollIntoView({ block: 'start' });
};

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
        onClick={(event) => {
          showBegin(event);
          onOffset(Math.max(0, offset - limit));
        }}
      />
      <IconButton
        small
        icon={ChevronRight}
        label="Next page"
        disabled={offset + limit >= total}
        onClick={(event) => {
          showBegin(event);
          onOffset(offset + limit);
        }}
      />
    </nav>
  ) : null;
