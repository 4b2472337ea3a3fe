import { Table } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../../../components/button';
import { Field, Select, TextArea } from '../../../components/fields';
import { SwitchField } from '../../../components/switch-field';
import { visibleText } from '../../../lib/visible-text';
import type { ColumnMapping, ColumnRole, Reading } from '../../../lib/types/dataset-reading';
import { MessageRole } from '../../../lib/types/dataset-records';
import type { ImportPreview } from '../../../lib/types/import-preview';
import {
  ROLE_WORDS,
  SALVAGE_WORDS,
  changedReading,
  isOnlyProposed,
  rolesByColumn,
  withRole,
  withRoleName,
} from '../reading-changes';
import { TableForm } from './table-form';

interface Editing {
  readonly preview: ImportPreview;
  readonly onChange: (reading: Reading) => void;
}

/** How the file is read, and every word of it that may be changed. */
export const ReadingForm = ({ preview, onChange }: Editing) => {
  const { reading, report, container } = preview;
  const change = (changes: Partial<Reading>) => onChange(changedReading(reading, changes));
  return (
    <div role="group" aria-label="How it is read" className="flex min-w-0 flex-col gap-4">
      {preview.columns.length > 0 ? <Columns preview={preview} onChange={onChange} /> : null}
      {preview.table ? <TableForm layout={preview.table} onChange={(table) => change({ table })} /> : null}
      {isUnknown(preview) ? (
        <Button className="self-start" icon={Table} onClick={() => change({ table: PLAIN_TABLE })}>
          Read it as a table
        </Button>
      ) : null}
      <Speakers preview={preview} onChange={onChange} />
      {report.kind === 'text' || container === null ? null : (
        <Field label="System prompt" help="For records that have none of their own.">
          <TextArea
            aria-label="System prompt"
            rows={2}
            value={reading.system_prompt ?? ''}
            onChange={(event) => change({ system_prompt: event.target.value })}
          />
        </Field>
      )}
      <MoreWords preview={preview} onChange={onChange} />
    </div>
  );
};

/** Nothing was recognised in it: a person may still know that it is a table. */
const isUnknown = ({ container, report }: ImportPreview): boolean =>
  container === null && report.problems.some(({ type }) => type === 'unknown_shape');

/** Encoding, and what is offered only where it would change something. */
const MoreWords = ({ preview, onChange }: Editing) => {
  const { reading, report } = preview;
  const change = (changes: Partial<Reading>) => onChange(changedReading(reading, changes));
  const isFaulty = reading.salvage ?? report.problems.some(({ type }) => type === 'salvageable');
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
      <div className="flex items-center gap-2">
        <span className="text-ink-2">Encoding</span>
        <Select
          small
          label="Encoding"
          value={reading.encoding ?? ''}
          options={encodings(preview)}
          onChange={(encoding) => change({ encoding })}
        />
      </div>
      {isFaulty ? (
        <SwitchField
          label={SALVAGE_WORDS}
          checked={reading.salvage ?? false}
          onChange={(salvage) => change({ salvage })}
        />
      ) : null}
      {report.format === 'prompt_completion' ? (
        <SwitchField
          label="Remove separators of older tools"
          checked={reading.strip_separators ?? false}
          onChange={(strip_separators) => change({ strip_separators })}
        />
      ) : null}
    </div>
  );
};

const PLAIN_TABLE = { header: true, delimiter: ',', quote: '"' };

const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'gb18030',
  'shift_jis',
  'euc-kr',
];

const encodings = ({ encoding, reading }: ImportPreview) => [
  { value: '', label: reading.encoding === undefined ? `as found: ${encoding}` : 'as found' },
  ...ENCODINGS.map((value) => ({ value, label: value })),
];

const NO_ROLE = 'none';
const ROLE_OPTIONS = [
  { value: NO_ROLE, label: 'Not used' },
  ...Object.entries(ROLE_WORDS).map(([value, label]) => ({ value, label })),
] as const;

const asRole = (value: string): ColumnRole | null =>
  value !== NO_ROLE && value in ROLE_WORDS ? (value as ColumnRole) : null;

const Columns = ({ preview, onChange }: Editing) => {
  const { columns, rows, roles, reading } = preview;
  const table = useRef<HTMLTableElement>(null);
  const played = rolesByColumn(roles);
  const change = (mapping: ColumnMapping) => onChange(changedReading(reading, { mapping }));
  const use = () => {
    change(roles);
    // The button goes with what it answers.
    table.current?.focus();
  };
  return (
    <div className="flex flex-col gap-2">
      {isOnlyProposed(preview) ? <Proposal preview={preview} onUse={use} /> : null}
      <table ref={table} tabIndex={-1} aria-label="Columns" className="w-full table-fixed border-collapse">
        <thead>
          <tr className="text-left text-xs text-ink-3">
            <th scope="col" className="h-7 w-1/4 font-medium">
              Column
            </th>
            <th scope="col" className="h-7 font-medium">
              In the first record
            </th>
            <th scope="col" className="h-7 w-52 font-medium">
              Is read as
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column} className="border-t">
              <td className="h-9 truncate pr-3 font-mono text-mono">{visibleText(column)}</td>
              <td className="h-9 truncate pr-3 text-ink-2">
                <bdi>{visibleText(rows[0]?.[column] ?? '')}</bdi>
              </td>
              <td className="h-9">
                <Select
                  small
                  label={`Role of ${column}`}
                  value={played.get(column) ?? NO_ROLE}
                  options={ROLE_OPTIONS}
                  onChange={(role) => change(withRole(roles, column, asRole(role)))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const Proposal = ({ preview, onUse }: { readonly preview: ImportPreview; readonly onUse: () => void }) => (
  <div className="flex items-center gap-3 rounded-md bg-info-tint px-3 py-2 text-info">
    <p className="min-w-0 flex-1">
      Suggested by the names, not in use yet.
      {isUnclearLabel(preview) ? ' So read, all answers are trained, wanted or not.' : null}
    </p>
    <Button small onClick={onUse}>
      Use this mapping
    </Button>
  </div>
);

const isUnclearLabel = ({ report }: ImportPreview): boolean =>
  report.problems.some(({ path }) => path === '/label');

const SPEAKERS = MessageRole.options.map((value) => ({ value, label: value }));

/** Only where there is something to say: a name that nobody knows, or one that was said already. */
const Speakers = ({ preview, onChange }: Editing) => {
  const { role_names, reading } = preview;
  const shown = role_names.filter(
    ({ name, role }) => role === null || reading.role_names?.[name] !== undefined,
  );
  if (shown.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="font-medium">Who speaks</legend>
      {shown.map(({ name, role }) => (
        <div key={name} className="flex items-center gap-3">
          <span className="w-40 truncate font-mono text-mono">{visibleText(name)}</span>
          <Select
            small
            label={`Speaker ${name}`}
            placeholder="Choose a role"
            value={role}
            options={SPEAKERS}
            onChange={(next) => onChange(withRoleName(reading, name, next))}
          />
        </div>
      ))}
    </fieldset>
  );
};
