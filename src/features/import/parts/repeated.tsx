import { Measured } from '../../../components/measured';
import { DUPLICATES_METHOD, duplicateWords } from '../../../lib/messages/duplicates';
import type { DatasetReport } from '../../../lib/types/dataset-records';

/** What stands twice, beside what can be used: a hint, no fault. */
export const Repeated = ({
  report,
  lead,
}: {
  readonly report: DatasetReport | null;
  /** What joins it to the words before. */
  readonly lead: string;
}) => {
  const words = report && duplicateWords(report);
  return words ? (
    <>
      {lead}
      <Measured value={words} method={DUPLICATES_METHOD} />
    </>
  ) : null;
};
