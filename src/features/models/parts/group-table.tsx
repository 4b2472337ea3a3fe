import { useState } from 'react';
import { classNames } from '../../../components/class-names';
import { Button } from '../../../components/button';
import { Segments } from '../../../components/fields';
import { formatAmount, formatChange, formatCount, formatLoss } from '../../../components/format';
import { Tooltip } from '../../../components/tooltip';
import { isWorse } from '../group-losses';
import type { GroupKind, GroupLoss } from '../group-losses';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

const LABELS: Readonly<Record<string, string>> = {
  dataset: 'Dataset',
  topic: 'Topic',
  persona: 'Persona',
  arc: 'Arc',
};
/** As many as keep files and exports in view. */
const SHOWN = 6;

/** Where the adapter helps and where it does not: good news and bad in the same table. */
export const GroupTable = ({
  kinds,
  withPerplexity,
}: {
  readonly kinds: readonly GroupKind[];
  readonly withPerplexity: boolean;
}) => {
  const [chosen, setChosen] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const current = kinds.find(({ kind }) => kind === chosen) ?? kinds[0];
  if (!current) return null;
  const shown = all ? current.rows : current.rows.slice(0, SHOWN);
  const hidden = current.rows.length - shown.length;
  const options = kinds.map(({ kind }) => ({ value: kind, label: LABELS[kind] ?? kind }));
  return (
    <div className="border-t">
      <table aria-label={`Held-out loss by ${current.kind}`} className="w-full border-collapse">
        <thead>
          <tr className="text-xs text-ink-3">
            <th scope="col" className="h-9 pl-4 text-left font-medium">
              {options.length > 1 ? (
                <Segments label="By" value={current.kind} options={options} onChange={setChosen} />
              ) : (
                `By ${current.kind}`
              )}
            </th>
            {['Tokens', 'Base', 'Adapter', 'Change'].map((head) => (
              <th key={head} scope="col" className="w-22 px-3 text-right font-medium last:pr-4">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <GroupRow key={row.name} row={row} withPerplexity={withPerplexity} />
          ))}
        </tbody>
      </table>
      {hidden > 0 || all ? (
        <div className="border-t px-4 py-2">
          <Button small look="plain" className="-ml-2" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show ${formatCount(hidden)} more`}
          </Button>
        </div>
      ) : null}
    </div>
  );
};

const groupWords = ({ tokens, records }: GroupLoss): string =>
  `Mean over ${formatAmount(tokens, 'trained token')} of ${formatAmount(records, 'held-out record')}.`;

const perplexityWords = ({ base, adapter }: GroupLoss): string =>
  ` Perplexity ${Math.exp(base).toFixed(2)} → ${Math.exp(adapter).toFixed(2)}.`;

const GroupRow = ({ row, withPerplexity }: { readonly row: GroupLoss; readonly withPerplexity: boolean }) => (
  <tr className="border-t">
    <th scope="row" className="h-9 max-w-0 truncate pl-4 text-left font-normal" title={visibleText(row.name)}>
      <FileText>{row.name}</FileText>
    </th>
    <Tooltip text={`${groupWords(row)}${withPerplexity ? perplexityWords(row) : ''}`}>
      <td className="px-3 text-right text-ink-2">{formatCount(row.tokens)}</td>
    </Tooltip>
    <td className="px-3 text-right">{formatLoss(row.base)}</td>
    <td className="px-3 text-right">{formatLoss(row.adapter)}</td>
    <td
      className={classNames(
        'pr-4 pl-3 text-right whitespace-nowrap',
        isWorse(row) ? 'text-warn' : 'text-good',
      )}
    >
      {formatChange(row.base, row.adapter)}
    </td>
  </tr>
);
