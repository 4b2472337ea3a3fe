import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { formatAmount } from '../../../components/format';
import { Async } from '../../../components/states';
import { useLatestAnswer } from '../../../latest-answer';
import type { Reading } from '../../../lib/types/dataset-reading';
import type { ImportPreview } from '../../../lib/types/import-preview';
import { asWanted, ReadingForm } from '../../import';

const look = (request: { readonly path: string; readonly reading: Reading }) => api.datasets.preview(request);

/** The words with which a newer file can be read; the whole of it is read only once they are settled. */
export const NewFileReading = ({
  path,
  reading,
  onRead,
}: {
  readonly path: string;
  /** Those with which it was read last; null before anything was said. */
  readonly reading: Reading | null;
  readonly onRead: (reading: Reading) => void;
}) => {
  const [draft, setDraft] = useState<Reading>(reading ?? {});
  const { state, current } = useLatestAnswer({ path, reading: draft }, look);
  const isSaid = JSON.stringify(draft) !== JSON.stringify(reading ?? {});
  return (
    <Async state={state} errorTitle="The file cannot be looked at" rows={3}>
      {(preview) => (
        <div className="flex flex-col gap-3" aria-busy={!current}>
          <ReadingForm preview={asWanted(preview, draft)} onChange={setDraft} />
          <div className="flex items-center justify-end gap-3">
            <p role="status" className="text-xs text-ink-2">
              {current && isSaid ? usableWords(preview) : null}
            </p>
            <Button disabled={!isUsable(preview)} onClick={() => onRead(draft)}>
              Read it so
            </Button>
          </div>
        </div>
      )}
    </Async>
  );
};

/** What the beginning does not show, the rest may. */
const isUsable = ({ report, is_whole }: ImportPreview): boolean => report.usable_records > 0 || !is_whole;

const usableWords = ({ report: { usable_records, records_total }, is_whole }: ImportPreview): string =>
  `${formatAmount(usable_records, 'usable record')} of ${formatAmount(records_total, 'record')}${is_whole ? '' : ' at its beginning'}`;
