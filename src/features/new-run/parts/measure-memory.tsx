import { Gauge, Square } from 'lucide-react';
import { Button } from '../../../components/button';
import { Tooltip } from '../../../components/tooltip';
import type { MemoryProbe } from '../use-memory-probe';
import type { NewRun } from '../use-new-run';

const HOW =
  'Trains two steps of the chosen recipe at the longest row and keeps nothing but what they held: its memory is then known within 3 %, that of the others better than before.';

/** Beside the recipes: measures the one that is chosen. */
export const MeasureMemory = ({ run, probe }: { readonly run: NewRun; readonly probe: MemoryProbe }) => {
  const { request } = run;
  const { running } = probe;
  const press = () => {
    if (running) probe.stop();
    else if (request) void probe.start(request);
  };
  return (
    <span className="flex items-center gap-2">
      <span role="status" className="text-xs text-ink-2">
        {running ? 'Training two steps…' : ''}
      </span>
      {/* One button for both, so that the keyboard stays where it is. */}
      <Tooltip text={HOW}>
        <Button
          small
          icon={running ? Square : Gauge}
          disabled={!running && (request === null || run.isInvalid)}
          onClick={press}
        >
          {running ? 'Stop measuring' : 'Measure memory'}
        </Button>
      </Tooltip>
    </span>
  );
};
