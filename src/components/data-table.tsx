import { ArrowDown, ArrowUp } from 'lucide-react';
import type { MouseEvent, ReactNode } from 'react';
import { classNames } from './class-names';
import { ContextTableRow } from './context-row';
import { shownSafely } from './file-text';
import type { MenuAction } from './overlays';
import { useRowFocus } from './use-row-focus';

export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  /** The head is only for those who hear it. */
  readonly quiet?: boolean;
  readonly cell: (row: Row) => ReactNode;
  readonly right?: boolean;
  readonly grow?: boolean;
  /** Says something on hover: it lies above the link of its row, and leads there all the same. */
  readonly hover?: boolean;
  /** Is left away where the window is narrow. */
  readonly wide?: boolean;
  /** Stays whole, over two lines where it must. */
  readonly wrap?: boolean;
  /** How many letters a cell usually holds: so wide it is while the rows are read. */
  readonly letters?: number;
  /** Makes the column sortable. */
  readonly order?: (row: Row) => number | string;
}

export interface SortOrder {
  readonly key: string;
  readonly down: boolean;
}

export const sortRows = <Row,>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: SortOrder,
): Row[] => {
  const order = columns.find(({ key }) => key === sort.key)?.order;
  if (!order) return [...rows];
  const sign = sort.down ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [order(one), order(other)];
    if (a === b) return 0;
    return a < b ? -sign : sign;
  });
};

/** Where it leads somewhere, the whole row does; where the window is narrow, it takes two lines. */
const ROW =
  'group relative border-b last:border-0 has-[a]:hover:bg-hover max-medium:flex max-medium:flex-wrap max-medium:items-center max-medium:gap-x-4 max-medium:px-4 max-medium:py-2';
const GROWING = 'w-full max-w-0 broad:w-2/5 max-medium:max-w-full max-medium:flex-[1_0_100%]';
/** What is done to a row stands at its end, however wide the window. */
const AT_THE_EDGE = 'text-right medium:w-px';
/** A figure that begins the row stands at its beginning, however wide the window. */
const FIRST_FIGURE = 'medium:first:w-px';
/** Without the heads a figure says itself what it is. */
const NAMED =
  'text-right max-medium:before:mr-1.5 max-medium:before:text-ink-3 max-medium:before:content-[attr(data-head)]';

const WIDE_ONLY = 'max-narrow:hidden';

const cellClasses = <Row,>(column: Column<Row>): string =>
  classNames(
    'h-9 px-3 first:pl-4 last:pr-4 max-medium:h-auto max-medium:p-0!',
    column.wrap ? 'break-all' : 'whitespace-nowrap',
    column.grow && !column.wrap && 'truncate',
    column.right && NAMED,
    column.right && FIRST_FIGURE,
    column.grow && GROWING,
    column.quiet && AT_THE_EDGE,
    column.wide && WIDE_ONLY,
  );

/** On the one link of a row: its target is the row. */
export const ROW_LINK = 'font-medium after:absolute after:inset-0 hover:text-accent-text';

/** What lies above the link of a row leads there as well. */
const followLink = (event: MouseEvent<HTMLTableRowElement>): void => {
  if (!(event.target instanceof Element) || event.target.closest('a, button, [role="menu"]') !== null) return;
  if (!event.currentTarget.contains(event.target)) return;
  event.currentTarget.querySelector('a')?.click();
};

interface TableRows<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** What comes with a right click. */
  readonly rowActions?: (row: Row) => readonly MenuAction[];
}

const TableRow = <Row,>({
  row,
  columns,
  rowActions,
}: Omit<TableRows<Row>, 'rowKey'> & { readonly row: Row }) => {
  const cells = columns.map((column) => (
    <td key={column.key} data-head={column.head} className={cellClasses(column)}>
      {column.hover ? (
        <span className="relative z-10">{shownSafely(column.cell(row))}</span>
      ) : (
        shownSafely(column.cell(row))
      )}
    </td>
  ));
  return rowActions ? (
    <ContextTableRow actions={rowActions(row)} className={ROW} onClick={followLink}>
      {cells}
    </ContextTableRow>
  ) : (
    <tr className={ROW}>{cells}</tr>
  );
};

export const DataTable = <Row,>({
  label,
  columns,
  rows,
  rowKey,
  rowActions,
  sort,
  onSort,
}: TableRows<Row> & {
  readonly label: string;
  /** Null while they are read. */
  readonly rows: readonly Row[] | null;
  readonly sort?: SortOrder;
  readonly onSort?: (sort: SortOrder) => void;
}) => {
  const { body, note } = useRowFocus(rows);
  return (
    <table aria-label={label} aria-busy={rows === null} className="w-full border-collapse max-medium:block">
      <thead className="max-medium:sr-only">
        <tr>
          {columns.map((column) => (
            <Head key={column.key} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} onFocus={note} className="max-medium:block">
        {rows === null ? (
          <Reading columns={columns} />
        ) : (
          rows.map((row) => (
            <TableRow key={rowKey(row)} row={row} columns={columns} rowActions={rowActions} />
          ))
        )}
      </tbody>
    </table>
  );
};

const READING_ROWS = 6;
const USUAL_LETTERS = 8;

/** Each bar stands where its figure will: the heads do not move when the rows come. */
const Reading = <Row,>({ columns }: { readonly columns: readonly Column<Row>[] }) =>
  Array.from({ length: READING_ROWS }, (_, row) => (
    <tr key={row} className={ROW}>
      {columns.map((column, index) => (
        <td key={column.key} className={cellClasses(column)}>
          {row === 0 && index === 0 ? <span role="status" aria-label="Reading…" /> : null}
          <div
            aria-hidden
            className={classNames('skeleton h-3', column.right && 'ml-auto', column.grow && 'max-w-1/3')}
            style={column.grow ? undefined : { width: `${column.letters ?? USUAL_LETTERS}ch` }}
          />
        </td>
      ))}
    </tr>
  ));

const Head = <Row,>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort?: SortOrder;
  readonly onSort?: (sort: SortOrder) => void;
}) => {
  const mine = sort?.key === column.key ? sort : null;
  return (
    <th
      scope="col"
      aria-sort={mine ? directionOf(mine) : undefined}
      className={classNames(
        'h-8 border-b px-3 text-xs font-medium whitespace-nowrap text-ink-3 normal-nums first:pl-4 last:pr-4',
        column.right ? 'text-right' : 'text-left',
        column.wide && WIDE_ONLY,
      )}
    >
      {column.order && onSort ? (
        <SortButton column={column} mine={mine} onSort={onSort} />
      ) : (
        <span className={column.quiet ? 'sr-only' : undefined}>{column.head}</span>
      )}
    </th>
  );
};

const directionOf = ({ down }: SortOrder) => (down ? 'descending' : 'ascending');

const SortButton = <Row,>({
  column,
  mine,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly mine: SortOrder | null;
  readonly onSort: (sort: SortOrder) => void;
}) => {
  const Arrow = mine?.down ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      className="inline-flex items-center gap-1 hover:text-ink"
      onClick={() => onSort({ key: column.key, down: mine ? !mine.down : false })}
    >
      {column.head}
      {mine ? <Arrow aria-hidden className="size-3" /> : null}
    </button>
  );
};
