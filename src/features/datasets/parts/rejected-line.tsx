import { api } from '../../../api';
import { Badge } from '../../../components/badge';
import { FileText } from '../../../components/file-text';
import { Async } from '../../../components/states';
import { withoutFlags } from '../../../lib/messages/without-flags';
import type { DatasetProblem } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';
import { errorWords, problemWords } from '../dataset-words';
import { ON_IMPORT, placeIn, RawLine } from './problem-row';

/** A line of which a model sees nothing: why, and as it stands in the file. */
export const RejectedLine = ({
  dataset,
  problem,
}: {
  readonly dataset: Dataset;
  readonly problem: DatasetProblem;
}) => {
  const { line, type, suggestion } = problem;
  const place = placeIn(dataset, problem);
  const { state, reload } = useLoad(JSON.stringify(place), () => api.datasets.raw_part(place));
  return (
    <div className="flex flex-col gap-2 p-4">
      <p className="flex items-center gap-2 text-ink-2">
        <Badge tone="bad">{problemWords(type)}</Badge>
        Left out: a model sees nothing of this line.
      </p>
      <p className="max-w-[45rem] wrap-break-word">
        <FileText>{errorWords(problem)}</FileText>
      </p>
      {suggestion === null ? null : (
        <p className="max-w-[45rem] text-xs wrap-break-word text-ink-2">
          <FileText>{withoutFlags(suggestion, ON_IMPORT)}</FileText>
        </p>
      )}
      <Async state={state} errorTitle="The line cannot be shown" onRetry={reload} rows={3}>
        {(part) => <RawLine part={part} line={line} />}
      </Async>
    </div>
  );
};
