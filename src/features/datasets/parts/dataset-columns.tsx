import { Link } from 'wouter';
import { useStore } from 'zustand';
import { Badge } from '../../../components/badge';
import { ProgressBar } from '../../../components/bars';
import { ROW_LINK } from '../../../components/data-table';
import type { Column } from '../../../components/data-table';
import { FileText } from '../../../components/file-text';
import { formatBytes, formatCount, NOTHING } from '../../../components/format';
import { Ago } from '../../../components/time';
import { visibleText } from '../../../lib/visible-text';
import { shapeWords } from '../../../lib/messages/dataset-formats';
import type { Dataset } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { imports } from '../../../stores';
import { stateOrder } from '../dataset-filters';
import { RECORD_METHODS } from '../record-methods';
import { datasetState } from '../dataset-words';

const SHOWN_TAGS = 3;
export const COLUMNS: readonly Column<Dataset>[] = [
  {
    key: 'name',
    head: 'Name',
    grow: true,
    order: ({ name }) => name.toLowerCase(),
    cell: ({ id, name }) => (
      <Link href={paths.dataset(id)} title={visibleText(name)} className={ROW_LINK}>
        <FileText>{name}</FileText>
      </Link>
    ),
  },
  {
    key: 'tags',
    wide: true,
    head: 'Tags',
    cell: ({ tags }) =>
      tags.length === 0 ? null : (
        <span className="inline-flex gap-1">
          {tags.slice(0, SHOWN_TAGS).map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
          {tags.length > SHOWN_TAGS ? (
            <span className="text-xs text-ink-3">{`+${tags.length - SHOWN_TAGS}`}</span>
          ) : null}
        </span>
      ),
  },
  {
    key: 'shape',
    head: 'Shape',
    letters: 13,
    order: (dataset) => shapeWords(dataset) ?? '',
    cell: (dataset) => <span className="text-ink-2">{shapeWords(dataset) ?? NOTHING}</span>,
  },
  {
    key: 'records',
    head: 'Records',
    right: true,
    letters: 6,
    order: ({ report }) => report?.usable_records ?? -1,
    cell: ({ report }) => (report ? formatCount(report.usable_records) : NOTHING),
  },
  {
    key: 'tokens',
    head: 'Tokens',
    right: true,
    letters: 7,
    hover: true,
    order: ({ total_tokens }) => total_tokens ?? -1,
    cell: ({ total_tokens }) =>
      total_tokens === null ? (
        <span title="Not counted yet for this version: its tab Tokens counts them.">{NOTHING}</span>
      ) : (
        <span title={RECORD_METHODS.tokens}>{formatCount(total_tokens)}</span>
      ),
  },
  {
    key: 'quality',
    wide: true,
    head: 'Quality',
    right: true,
    letters: 4,
    hover: true,
    order: ({ report }) => report?.quality_mean ?? -1,
    cell: ({ report }) => <Quality mean={report?.quality_mean} />,
  },
  {
    key: 'size',
    wide: true,
    head: 'Size',
    right: true,
    letters: 7,
    order: ({ file_size }) => file_size,
    cell: ({ file_size }) => formatBytes(file_size),
  },
  {
    key: 'added',
    head: 'Added',
    right: true,
    hover: true,
    order: ({ created_at }) => created_at,
    cell: ({ created_at }) => <Ago time={created_at} />,
  },
  {
    key: 'state',
    head: 'State',
    letters: 10,
    order: stateOrder,
    cell: (dataset) => <State dataset={dataset} />,
  },
];

/** A column that nobody fills is none; until the rows are there, tokens are taken for counted. */
export const filledColumns = (rows: readonly Dataset[] | null): readonly Column<Dataset>[] => {
  if (rows === null) return COLUMNS.filter(({ key }) => key !== 'tags' && key !== 'quality');
  const isFilled: Readonly<Record<string, boolean>> = {
    tags: rows.some(({ tags }) => tags.length > 0),
    quality: rows.some(({ report }) => report?.quality_mean !== undefined),
    tokens: rows.some(({ total_tokens }) => total_tokens !== null),
  };
  return COLUMNS.filter(({ key }) => isFilled[key] ?? true);
};

const Quality = ({ mean }: { readonly mean: number | undefined }) => (
  <span title={mean === undefined ? 'No record of it has a score.' : RECORD_METHODS.quality}>
    {mean === undefined ? NOTHING : mean.toFixed(2)}
  </span>
);

const State = ({ dataset }: { readonly dataset: Dataset }) => {
  const progress = useStore(imports, (all) => all.get(dataset.id));
  const { words, tone } = datasetState(dataset);
  if (tone !== 'info' || !progress) return <Badge tone={tone}>{words}</Badge>;
  const done = progress.bytes_total > 0 ? (progress.bytes_done / progress.bytes_total) * 100 : 0;
  return (
    <span className="inline-flex items-center gap-2">
      <ProgressBar label={visibleText(`Import of ${dataset.name}`)} value={done} className="w-10" />
      {done.toFixed(0)} %
    </span>
  );
};
