import { Measured } from '../../../components/measured';
import { DUPLICATES_METHOD, duplicateWords } from '../../../lib/messages/duplicates';
import type { DatasetReport } from '../../../lib/types/dataset-records';

/** What stands twice, beside what can be used: a hint, no fault. */
export const Repeated = ({ report }: { readonly report: DatasetReport | null }) => {
  const words = report && duplicateWords(report);
  return words ? (
    <>
      {' · '}
      <Measured value={words} method={DUPLICATES_METHOD} />
    </>
  ) : null;
};
