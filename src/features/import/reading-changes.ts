import type { ColumnMapping, ColumnRole, Reading } from '../../lib/types/dataset-reading';
import type { MessageRole } from '../../lib/types/dataset-records';
import type { ImportPreview } from '../../lib/types/import-preview';

/** The switch that takes what stands whole in a faulty file. */
export const SALVAGE_WORDS = 'Take what can be read';

export const ROLE_WORDS: Readonly<Record<ColumnRole, string>> = {
  user: 'Question (user)',
  input: 'Addition to the question',
  assistant: 'Answer (assistant)',
  system: 'System prompt',
  prompt: 'Prompt',
  completion: 'Completion',
  chosen: 'Wanted answer',
  rejected: 'Unwanted answer',
  label: 'Label: wanted or not',
  text: 'Plain text',
  conversation: 'Conversation id',
  order: 'Place in the conversation',
  role: 'Who speaks',
  content: 'What is said',
};

const isRole = (role: string): role is ColumnRole => role in ROLE_WORDS;

/** Which role each column plays; the first where it plays several. */
export const rolesByColumn = (roles: ImportPreview['roles']): ReadonlyMap<string, ColumnRole> =>
  new Map(
    Object.entries(roles)
      .filter((entry): entry is [ColumnRole, string] => isRole(entry[0]))
      .map(([role, column]) => [column, role]),
  );

/** The roles with one column given another one, or none; a role is played by one column. */
export const withRole = (
  roles: ImportPreview['roles'],
  column: string,
  role: ColumnRole | null,
): ColumnMapping => {
  const others = [...rolesByColumn(roles)].filter(([name, played]) => name !== column && played !== role);
  const chosen: [string, ColumnRole][] = role === null ? others : [...others, [column, role]];
  return Object.fromEntries(chosen.map(([name, played]) => [played, name]));
};

/** Whether the roles that are shown are a suggestion only: nothing is read before one says what is what. */
export const isOnlyProposed = ({ roles, reading, report }: ImportPreview): boolean =>
  report.format === null &&
  report.mapping !== undefined &&
  reading.mapping === undefined &&
  Object.keys(roles).length > 0;

/** A reading with some of its words changed; those that say nothing are left out. */
export const changedReading = (reading: Reading, changes: Partial<Reading>): Reading =>
  Object.fromEntries(Object.entries({ ...reading, ...changes }).filter(([, value]) => !isNothing(value)));

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

export const withRoleName = (reading: Reading, name: string, role: MessageRole): Reading =>
  changedReading(reading, { role_names: { ...reading.role_names, [name]: role } });

/** What is seen of a file, with the words of a reading that is not answered yet: the next change goes on top of it. */
export const asWanted = (preview: ImportPreview, reading: Reading | null): ImportPreview => {
  if (reading === null) return preview;
  const { mapping, table, role_names = {} } = reading;
  return {
    ...preview,
    reading,
    roles: mapping ?? preview.roles,
    table: preview.table && { ...preview.table, ...table },
    role_names: preview.role_names.map(({ name, role }) => ({ name, role: role_names[name] ?? role })),
  };
};
