import { Select } from '../../../components/fields';
import { formatCount } from '../../../components/format';
import type { BaseModel } from '../../../lib/types/base-model';

const LENGTHS = [128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

interface MaxLengthProps {
  readonly model: Pick<BaseModel, 'max_position_embeddings'>;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** Where records are cut for a model, in tokens; the chosen length is among those offered, shortest first. */
export const MaxLength = ({ model, value, onChange }: MaxLengthProps) => {
  const longest = model.max_position_embeddings ?? Infinity;
  const lengths = new Set([...LENGTHS.filter((known) => known <= longest), value]);
  const options = [...lengths]
    .toSorted((one, other) => one - other)
    .map((length) => ({ value: String(length), label: `Max length ${formatCount(length)}` }));
  return (
    <Select
      small
      label="Max length"
      value={String(value)}
      options={options}
      onChange={(next) => onChange(Number(next))}
    />
  );
};
