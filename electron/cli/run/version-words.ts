import { formatCount } from '../../../src/lib/messages/format';
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

/** What differs, for people: the figures, then a page of the records turn by turn. */
export const tellDiff = (
  output: Output,
  diff: VersionDiff,
  { offset, change: only }: Pick<ChangesPage, 'offset' | 'change'>,
): void => {
  const { from, to, added, removed, changed, unchanged, records } = diff;
  const [add, remove, change, keep] = [added, removed, changed, unchanged].map(formatCount);
  output.line(
    `Version ${from} → ${to ?? 'this edit'}: ${change} changed, ${remove} removed, ${add} added, ${keep} as they were.`,
  );
  for (const each of records) tellChange(output, each);
  const end = offset + records.length;
  const more = (only === null ? added + removed + changed : diff[only]) - end;
  if (more > 0)
    output.note(
      `… and ${formatCount(more)} more. Add --offset ${end} to go on, and --limit for more at once.`,
    );
  if (to === null) output.note('Nothing was kept. Leave out --dry-run to make the version.');
};
