import type { ReactNode } from 'react';
import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { ProgressBar } from '../../../components/bars';
import { Button } from '../../../components/button';
import { formatPercent } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { ErrorState } from '../../../components/states';
import type { MeasuringProgress } from '../../../lib/contract/contract';
import type { Loaded } from '../../../live-store';
import { useMeasuring } from '../use-numbers';

const WORDS = {
  stats: { busy: 'Counting tokens', failed: 'The tokens are not counted' },
  survey: { busy: 'Comparing records', failed: 'The records are not compared' },
} as const;

/** A count that is made, failed or done; while it is made it can be cancelled. */
export const Measuring = <Numbers,>({
  datasetId,
  kind,
  state,
  onRetry,
  children,
}: {
  readonly datasetId: string;
  readonly kind: MeasuringProgress['kind'];
  readonly state: Loaded<Numbers>;
  readonly onRetry: () => void;
  readonly children: (numbers: Numbers) => ReactNode;
}) => {
  const progress = useMeasuring(datasetId, kind);
  if (state.kind === 'ready') return children(state.value);
  if (state.kind === 'error')
    return (
      <Panel plain>
        <ErrorState title={WORDS[kind].failed} error={state.error} compact onRetry={onRetry} />
      </Panel>
    );
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <Panel plain>
      <div role="status" aria-label={`${WORDS[kind].busy}…`} className="flex items-center gap-4 p-4">
        <span className="w-56 text-ink-2">
          {`${WORDS[kind].busy}… ${progress ? formatPercent(share, 0) : ''}`}
        </span>
        <ProgressBar label={WORDS[kind].busy} value={share * 100} className="flex-1" />
        <Button
          small
          onClick={() => void attempt('It goes on', () => api.datasets.cancel_measuring({ id: datasetId }))}
        >
          Cancel
        </Button>
      </div>
    </Panel>
  );
};
