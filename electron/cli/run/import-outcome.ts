import { DUPLICATES_METHOD, duplicateWords } from '../../../src/lib/messages/duplicates';
import { formatCount } from '../../../src/lib/messages/format';
import type { DatasetReport } from '../../../src/lib/types/dataset-records';
import type { ImportOutcome } from '../../services/datasets/import-outcome';
import { shortId } from './describe-job';
import { datasetDocument, type Place } from '../output/documents';
import type { Output } from '../output/output';

const SHOWN_PROBLEMS = 5;

const tellReport = (output: Output, report: DatasetReport, id: string): void => {
  output.line(
    `${formatCount(report.usable_records)} of ${formatCount(report.records_total)} records can be used, ` +
      `${formatCount(report.problems_total)} problems.`,
  );
  const repeated = duplicateWords(report);
  if (repeated !== null) output.line(`${repeated}. ${DUPLICATES_METHOD}`, 'dim');
  for (const { line, error, suggestion } of report.problems.slice(0, SHOWN_PROBLEMS)) {
    output.line(`  line ${line}: ${error}${suggestion === null ? '' : ` ${suggestion}`}`, 'yellow');
  }
  const more = report.problems_total - SHOWN_PROBLEMS;
  if (more > 0)
    output.line(
      `  and ${formatCount(more)} more: ${output.command(`datasets problems ${shortId(id)}`)}`,
      'yellow',
    );
};

export const tellImport = (output: Output, { dataset, report, error }: ImportOutcome): void => {
  output.line(`“${dataset.name}” ${dataset.id}: ${dataset.status}`, error === null ? 'green' : 'red');
  if (report) tellReport(output, report, dataset.id);
  if (error) output.note(`${error.message} ${error.hint}`, 'red');
};

export const importDocument = (place: Place, { dataset, report, error }: ImportOutcome) => ({
  dataset: datasetDocument(place, dataset),
  report,
  ...(error === null ? {} : { error }),
});
