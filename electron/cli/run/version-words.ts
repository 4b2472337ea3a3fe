import { formatCount } from '../../../src/lib/messages/format';
import { FIRST_CHANGES } from '../../../src/lib/types/dataset-versions';
import type {
  ChangesPage,
  RecordChange,
  SafeFix,
  VersionDiff,
} from '../../../src/lib/types/dataset-versions';
import type { CanonicalRecord } from '../../../src/lib/types/dataset-records';
import { shownTurns } from '../../../src/lib/types/record-turns';
import type { Output } from '../output/output';

export const fixesText = (fixes: readonly SafeFix[]): string =>
  fixes.map((fix) => (typeof fix === 'string' ? fix : `truncate_history=${fix.truncate_history}`)).join(',');

/** White space is what a fix may change, so a text is shown as JSON. */
const turnLines = (record: CanonicalRecord | null): string[] =>
  record === null ? [] : shownTurns(record).map(({ name, content }) => `${name}: ${JSON.stringify(content)}`);

const tellChange = (
  output: Output,
  { record_id, source_line, change, before, after }: RecordChange,
): void => {
  output.line(`line ${source_line}, ${record_id}: ${change}`, 'bold');
  const [old, young] = [turnLines(before), turnLines(after)];
  for (const line of old) if (!young.includes(line)) output.line(`  - ${line}`, 'red');
  for (const line of young) if (!old.includes(line)) output.line(`  + ${line}`, 'green');
};

/** As many as a person reads at once. */
export const SOME_CHANGES: ChangesPage = { ...FIRST_CHANGES, limit: 20 };

/** What differs, for people: the figures, then a page of the records turn by turn. */
export const tellDiff = (
  output: Output,
  diff: VersionDiff,
  { offset, limit, change: only }: ChangesPage = SOME_CHANGES,
): void => {
  const { from, to, added, removed, changed, unchanged, records } = diff;
  const [add, remove, change, keep] = [added, removed, changed, unchanged].map(formatCount);
  output.line(
    `Version ${from} → ${to ?? 'this edit'}: ${change} changed, ${remove} removed, ${add} added, ${keep} as they were.`,
  );
  const shown = records.slice(0, limit);
  for (const each of shown) tellChange(output, each);
  const end = offset + shown.length;
  const more = (only === null ? added + removed + changed : diff[only]) - end;
  const next = to === null ? '' : ` Add --offset ${end} to go on, and --limit for more at once.`;
  if (more > 0) output.note(`… and ${formatCount(more)} more.${next}`);
  if (to === null) output.note('Nothing was kept. Leave out --dry-run to make the version.');
};
