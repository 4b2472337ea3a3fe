import { ChartLine, Table } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ProgressBar } from '../../../components/bars';
import { Button, IconButton } from '../../../components/button';
import { formatRate } from '../../../components/format';
import { LineChart } from '../../../components/line-chart';
import { Dialog } from '../../../components/overlays';
import { ErrorNote } from '../../../components/states';
import type { RunRequest } from '../../../lib/contract/contract';
import { LR_RANGE_STEPS } from '../../../lib/types/lr-range';
import { lossAt, rateCurves } from '../rate-curves';
import { rateCurveWords, rateTestWords } from '../rate-words';
import { useRateTest } from '../use-rate-test';
import type { RateTest } from '../use-rate-test';

const TITLE = 'Find a learning rate';
/** Both ends of the setting itself. */
const RATES = { min: 1e-6, max: 1e-2 };

/** Beside the field of the learning rate: measures which one suits these data and this base model. */
export const FindRate = ({
  request,
  onUse,
}: {
  /** Null where the run is not known yet, or not as it stands. */
  readonly request: RunRequest | null;
  readonly onUse: (rate: number) => void;
}) => {
  const [open, setOpen] = useState(false);
  const { test, start, stop, close } = useRateTest();
  const show = (wanted: boolean) => {
    setOpen(wanted);
    if (!wanted) close();
  };
  return (
    <>
      <Button icon={ChartLine} disabled={request === null} onClick={() => show(true)}>
        Find…
      </Button>
      <Dialog open={open && request !== null} onOpenChange={show} title={TITLE} wide>
        <div className="flex flex-col gap-4">
          <p role="status" className="text-ink-2">
            {rateTestWords(test)}
          </p>
          <ErrorNote error={test.kind === 'failed' ? test.error : null} />
          {test.kind === 'running' ? (
            <ProgressBar label="Steps of the test" value={(100 * test.points.length) / LR_RANGE_STEPS} />
          ) : null}
          <Curve test={test} />
          <Actions
            test={test}
            onStop={stop}
            onStart={() => {
              if (request) void start(request);
            }}
            onUse={(rate) => {
              onUse(rate);
              show(false);
            }}
          />
        </div>
      </Dialog>
    </>
  );
};

const Curve = ({ test }: { readonly test: RateTest }) => {
  const [asTable, setAsTable] = useState(false);
  const points = test.kind === 'idle' ? null : test.points;
  const suggestion = test.kind === 'done' ? test.range.suggestion : null;
  const series = useMemo(() => rateCurves(points ?? []), [points]);
  const marks = useMemo(
    () =>
      suggestion === null
        ? []
        : [{ kind: 'advised' as const, x: suggestion, label: `suggested ${formatRate(suggestion)}` }],
    [suggestion],
  );
  if (points === null || (points.length === 0 && test.kind !== 'running')) return null;
  return (
    <section aria-label="Loss by learning rate" className="rounded-lg border">
      <div className="flex min-h-10 items-center justify-between gap-2 border-b px-4 py-1">
        <h3 className="font-semibold">Loss by learning rate</h3>
        <IconButton
          small
          icon={Table}
          label={asTable ? 'Show as a chart' : 'Show as a table'}
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        />
      </div>
      <LineChart
        label="Loss by learning rate"
        summary={rateCurveWords(points, suggestion)}
        series={series}
        marks={marks}
        asTable={asTable}
        also={{ name: 'this step', at: lossAt(points) }}
        xUnit="learning rate"
        xPowers={RATES}
        className="h-72 px-2 pb-1"
      />
    </section>
  );
};

const Actions = ({
  test,
  onStart,
  onStop,
  onUse,
}: {
  readonly test: RateTest;
  readonly onStart: () => void;
  readonly onStop: () => void;
  readonly onUse: (rate: number) => void;
}) => {
  const suggestion = test.kind === 'done' ? test.range.suggestion : null;
  return (
    <div className="flex justify-end gap-3">
      {test.kind === 'running' ? (
        <Button onClick={onStop}>Stop</Button>
      ) : (
        <Button look={suggestion === null ? 'filled' : 'outlined'} onClick={onStart}>
          {test.kind === 'idle' ? 'Start the test' : 'Test again'}
        </Button>
      )}
      {suggestion === null ? null : (
        <Button look="filled" onClick={() => onUse(suggestion)}>
          Use this rate
        </Button>
      )}
    </div>
  );
};
