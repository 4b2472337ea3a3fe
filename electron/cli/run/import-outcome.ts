import { DUPLICATES_METHOD, duplicateWords } from '../../../src/lib/messages/duplicates';
import { formatAmount, formatCount } from '../../../src/lib/messages/format';
import { keptWords, problemAmountWords } from '../../../src/lib/messages/problem-amounts';
import type { DatasetReport } from '../../../src/lib/types/dataset-records';
import type { ImportOutcome } from '../../services/datasets/import-outcome';
import { shortId } from './describe-job';
import { datasetDocument, type Place } from '../output/documents';
import type { Output } from '../output/output';
import { safeLine } from '../output/safe-text';

const SHOWN_PROBLEMS = 5;

/** `error` is told by itself: of the problems that say the same, none is repeated. */
const tellReport = (
  output: Output,
  { dataset: { id }, error }: ImportOutcome,
  report: DatasetReport,
): void => {
  if (error === null) output.line(report.reason, 'dim');
  const unanswered =
    report.skipped_null_target === 0
      ? ''
      : `${formatCount(report.skipped_null_target)} ${report.skipped_null_target === 1 ? 'has' : 'have'} no answer to train, `;
  output.line(
    `${formatCount(report.usable_records)} of ${formatAmount(report.records_total, 'record')} can be used, ` +
      `${unanswered}${problemAmountWords(report) ?? 'no problems'}.`,
  );
  const repeated = duplicateWords(report);
  if (repeated !== null) output.line(`${repeated}. ${DUPLICATES_METHOD}`, 'dim');
  const others = report.problems.filter((problem) => problem.error !== error?.message);
  for (const problem of others.slice(0, SHOWN_PROBLEMS)) {
    const suggestion = problem.suggestion === null ? '' : ` ${problem.suggestion}`;
    output.line(`  line ${problem.line}: ${problem.error}${suggestion}`, 'yellow');
  }
  const told = report.problems.length - others.length;
  const more = report.problems_total - told - SHOWN_PROBLEMS;
  const kept = keptWords(report);
  const listed = kept === null ? '' : ` (lists ${kept})`;
  if (more > 0)
    output.line(
      `  and ${formatCount(more)} more: ${output.command(`datasets problems ${shortId(id)}`)}${listed}`,
      'yellow',
    );
};

export const tellImport = (output: Output, outcome: ImportOutcome): void => {
  const { dataset, report, error } = outcome;
  output.line(
    `“${safeLine(dataset.name)}” ${dataset.id}: ${dataset.status}`,
    error === null ? 'green' : 'red',
  );
  if (report) tellReport(output, outcome, report);
  if (error) output.note(`${error.message} ${error.hint}`, 'red');
};

export const importDocument = (place: Place, { dataset, report, error }: ImportOutcome) => ({
  dataset: datasetDocument(place, dataset),
  report,
  ...(error === null ? {} : { error }),
});
