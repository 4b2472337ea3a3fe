import { formatCount } from '../../../src/lib/messages/format';
import type {
  ChangesPage,
  RecordChange,
  SafeFix,
  VersionDiff,
} from '../../../src/lib/types/dataset-versions';
import { changedTurns } from '../../../src/lib/turn-changes';
import type { Output } from '../output/output';

export const fixesText = (fixes: readonly SafeFix[]): string =>
  fixes.map((fix) => (typeof fix === 'string' ? fix : `truncate_history=${fix.truncate_history}`)).join(',');

const tellChange = (output: Output, { record_id, source_line, change, ...sides }: RecordChange): void => {
  const was = sides.as_read ? ', left out before' : '';
  output.line(`line ${source_line}, ${record_id}: ${change}${was}`, 'bold');
  for (const { name, before: old, after: young } of changedTurns(sides)) {
    if (old === young) continue;
    // White space is what a fix may change, so a text is shown as JSON.
    if (old !== null) output.line(`  - ${name}: ${JSON.stringify(old)}`, 'red');
    if (young !== null) output.line(`  + ${name}: ${JSON.stringify(young)}`, 'green');
  }
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
