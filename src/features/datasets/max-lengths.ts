import { formatCount } from '../../components/format';
import type { Option } from '../../components/fields';
import type { BaseModel } from '../../lib/types/base-model';

const LENGTHS = [128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/** Where records can be cut for a model, in tokens, shortest first; the chosen length is among them. */
export const maxLengthsFor = (
  { max_position_embeddings }: Pick<BaseModel, 'max_position_embeddings'>,
  chosen: number,
): readonly Option<string>[] => {
  const longest = max_position_embeddings ?? Infinity;
  const lengths = [...new Set([...LENGTHS.filter((known) => known <= longest), chosen])];
  return lengths
    .toSorted((one, other) => one - other)
    .map((value) => ({ value: String(value), label: `Max length ${formatCount(value)}` }));
};
