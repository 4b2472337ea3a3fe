import { SearchInput, Select } from '../../../components/fields';
import { ALL, KIND_WORDS, STATE_WORDS } from '../dataset-filters';
import type { Filters } from '../dataset-filters';

const options = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

export const FilterBar = ({
  filters,
  tags,
  formats,
  onChange,
}: {
  readonly filters: Filters;
  readonly tags: readonly string[];
  readonly formats: Readonly<Record<string, string>>;
  readonly onChange: (changes: Partial<Filters>) => void;
}) => (
  <div className="flex shrink-0 flex-wrap items-center gap-3">
    <SearchInput
      label="Find a dataset"
      value={filters.query}
      onChange={(query) => onChange({ query })}
      className="w-72 max-w-full shrink-0"
    />
    <Select
      label="State"
      value={filters.state}
      options={options(STATE_WORDS)}
      onChange={(state) => onChange({ state })}
    />
    <Select
      label="Kind"
      value={filters.kind}
      options={options(KIND_WORDS)}
      onChange={(kind) => onChange({ kind })}
    />
    {Object.keys(formats).length > 0 ? (
      <Select
        label="Format"
        value={filters.format}
        options={options(formats)}
        onChange={(format) => onChange({ format })}
      />
    ) : null}
    {tags.length > 0 ? (
      <Select
        label="Tag"
        value={filters.tag}
        options={[{ value: ALL, label: 'Any tag' }, ...tags.map((value) => ({ value, label: value }))]}
        onChange={(tag) => onChange({ tag })}
      />
    ) : null}
  </div>
);
