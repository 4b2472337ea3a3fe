import { Select } from '../../../components/fields';
import { SwitchField } from '../../../components/switch-field';
import type { TableOptions } from '../../../lib/types/dataset-reading';

type Layout = Required<TableOptions>;

const DELIMITERS = [
  { value: ',', label: 'comma' },
  { value: '\t', label: 'tab' },
  { value: ';', label: 'semicolon' },
  { value: '|', label: 'bar' },
] as const;

const NO_QUOTE = 'none';
const QUOTES = [
  { value: '"', label: 'double' },
  { value: "'", label: 'single' },
  { value: NO_QUOTE, label: 'none' },
] as const;

/** How the cells of a table are told apart. */
export const TableForm = ({
  layout,
  onChange,
}: {
  readonly layout: Layout;
  readonly onChange: (layout: Layout) => void;
}) => (
  <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
    <div className="flex items-center gap-2">
      <span className="text-ink-2">Delimiter</span>
      <Select
        small
        label="Delimiter"
        value={layout.delimiter}
        options={DELIMITERS}
        onChange={(delimiter) => onChange({ ...layout, delimiter })}
      />
    </div>
    <div className="flex items-center gap-2">
      <span className="text-ink-2">Quotes</span>
      <Select
        small
        label="Quotes"
        value={layout.quote ?? NO_QUOTE}
        options={QUOTES}
        onChange={(quote) => onChange({ ...layout, quote: quote === NO_QUOTE ? null : quote })}
      />
    </div>
    <SwitchField
      label="The first row has the names"
      checked={layout.header}
      onChange={(header) => onChange({ ...layout, header })}
    />
  </div>
);
