import { X } from 'lucide-react';
import { IconButton } from '../../../components/button';
import { Input, Select } from '../../../components/fields';
import { Weight } from '../../../lib/types/run-mixture';
import type { MixedRow, Mixture } from '../use-mixture';
import { FileText } from '../../../components/file-text';
import { visibleText } from '../../../lib/visible-text';

const isWeight = (text: string): boolean => text.trim() !== '' && Weight.safeParse(Number(text)).success;

/** Further datasets of the run, each with how often an epoch sees its records. */
export const MixtureRows = ({ mixture }: { readonly mixture: Mixture }) =>
  mixture.rows.length > 0 ? (
    <ul aria-label="Datasets of this run" className="mt-1 flex flex-col gap-1.5">
      {mixture.rows.map((row, index) => (
        <Row key={row.id} row={row} mixture={mixture} first={index === 0} />
      ))}
    </ul>
  ) : null;

/** Nothing where there is nothing to mix in. */
export const MixIn = ({ mixture }: { readonly mixture: Mixture }) =>
  mixture.candidates.length > 0 ? (
    <Select
      small
      label="Mix in another dataset"
      placeholder="Mix in data…"
      value={null}
      options={mixture.candidates.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={mixture.add}
    />
  ) : null;

const Row = ({
  row: { id, name, weight, fault },
  mixture,
  first,
}: {
  readonly row: MixedRow;
  readonly mixture: Mixture;
  readonly first: boolean;
}) => (
  <li className="flex min-w-0 items-center gap-2">
    <span className="min-w-0 flex-1 truncate" title={visibleText(name)}>
      <FileText>{name}</FileText>
      {fault === null ? null : <span className="text-warn">, {fault}</span>}
    </span>
    <span aria-hidden className="text-ink-2">
      ×
    </span>
    <Input
      aria-label={visibleText(`Weight of ${name}`)}
      aria-invalid={!isWeight(weight)}
      title="How often an epoch sees each record: 1 once, 2 twice, 0.5 a seeded half. 0.01 to 100."
      inputMode="decimal"
      className="w-16 text-right tabular-nums"
      value={weight}
      onChange={({ currentTarget }) => mixture.weigh(id, currentTarget.value)}
    />
    <IconButton
      look="plain"
      small
      icon={X}
      label={visibleText(`Take ${name} out of this run`)}
      disabled={first}
      onClick={() => mixture.remove(id)}
    />
  </li>
);
