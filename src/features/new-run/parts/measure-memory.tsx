import { Gauge } from 'lucide-react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { Tooltip } from '../../../components/tooltip';
import type { useAction } from '../../../use-load';
import type { Estimates } from '../use-estimates';
import type { NewRun } from '../use-new-run';

const HOW =
  'Trains two steps of the chosen recipe at the longest row and keeps nothing but what they held: its memory is then known within 3 %, that of the others better than before.';

/** Beside the recipes: measures the one that is chosen. */
export const MeasureMemory = ({
  run,
  estimates,
  action,
}: {
  readonly run: NewRun;
  readonly estimates: Estimates;
  readonly action: ReturnType<typeof useAction>;
}) => {
  const { request } = run;
  const busy = action.busy !== null;
  const measure = () =>
    action.run('measure', async () => {
      if (!request) return;
      await api.jobs.probe_memory(request);
      estimates.again();
    });
  return (
    <span role="status">
      <Tooltip text={HOW}>
        <Button
          small
          icon={Gauge}
          busy={busy}
          disabled={busy || request === null || run.isInvalid}
          onClick={measure}
        >
          {busy ? 'Training two steps…' : 'Measure memory'}
        </Button>
      </Tooltip>
    </span>
  );
};
