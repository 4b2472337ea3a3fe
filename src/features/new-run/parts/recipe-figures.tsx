import { Fragment } from 'react';
import { MemoryBar } from '../../../components/bars';
import { classNames } from '../../../components/class-names';
import {
  formatBytes,
  formatCount,
  formatDurationBand,
  formatMemory,
  formatMemoryBand,
  formatParameters,
  formatPercent,
  NOTHING,
} from '../../../components/format';
import { Skeleton } from '../../../components/layout';
import { Tooltip } from '../../../components/tooltip';
import { isDiskTooSmall } from '../../../lib/messages/misfit';
import type { Estimate } from '../../../lib/types/estimate';

interface Row {
  readonly label: string;
  readonly value: string;
  readonly method: string;
  readonly bad?: boolean;
}

const energyRow = ({ energy_kwh: energy }: Estimate): Row[] =>
  energy
    ? [
        {
          label: 'Energy',
          value: `≈ ${energy.expected.toFixed(2)} kWh`,
          method: 'The card’s power times the time.',
        },
      ]
    : [];

const rowsOf = (estimate: Estimate): readonly Row[] => [
  {
    label: 'Time',
    value: estimate.time_ms ? formatDurationBand(estimate.time_ms) : NOTHING,
    method: estimate.time_method,
  },
  {
    label: 'Steps',
    value: formatCount(estimate.total_steps),
    method: `${formatCount(estimate.steps_per_epoch)} an epoch, ${formatCount(estimate.train_records)} records, ${formatCount(estimate.total_epochs)} epochs.`,
  },
  {
    label: 'Trainable',
    value: `${formatParameters(estimate.trainable_parameters)}, ${formatPercent(estimate.trainable_parameters / Math.max(1, estimate.total_parameters), 2)}`,
    method: `${formatCount(estimate.trainable_parameters)} of ${formatCount(estimate.total_parameters)} parameters.`,
  },
  {
    label: 'Disk',
    value: isDiskTooSmall(estimate)
      ? `≈ ${formatBytes(estimate.disk_bytes.expected)}, ${formatBytes(estimate.disk_free_bytes)} free`
      : `≈ ${formatBytes(estimate.disk_bytes.expected)}`,
    method: `Checkpoints and the adapter, in GB of 10⁹ bytes; ${formatBytes(estimate.disk_free_bytes)} free.`,
    bad: isDiskTooSmall(estimate),
  },
  ...energyRow(estimate),
];

/** What a recipe needs; dimmed while a newer answer is on its way. */
export const Figures = ({
  estimate,
  scaleBytes,
  stale,
}: {
  readonly estimate: Estimate | null;
  readonly scaleBytes: number;
  readonly stale: boolean;
}) =>
  estimate ? (
    <div className={classNames('flex flex-col gap-2', stale && 'text-ink-3')}>
      <Memory estimate={estimate} scaleBytes={scaleBytes} />
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-y-1">
        {rowsOf(estimate).map(({ label, value, method, bad = false }) => (
          <Fragment key={label}>
            <dt className="text-xs text-ink-2">{label}</dt>
            <Tooltip text={method}>
              <dd className={classNames('text-right', bad && 'text-bad')}>{value}</dd>
            </Tooltip>
          </Fragment>
        ))}
      </dl>
    </div>
  ) : (
    <div role="status" aria-label="Estimating…" className="flex h-42 flex-col gap-4 pt-2">
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} />
      ))}
    </div>
  );

const Memory = ({ estimate, scaleBytes }: { readonly estimate: Estimate; readonly scaleBytes: number }) => {
  const { memory_total_bytes: total, memory_free_bytes: free, memory_bytes: needed } = estimate;
  const left = free - needed.expected;
  return (
    <Tooltip text={`${estimate.memory_method} Memory in GB of 2³⁰ bytes.`}>
      <div className="flex flex-col gap-1 text-xs">
        <div className="flex flex-wrap justify-between gap-x-2">
          <span className="text-ink-2">Peak memory</span>
          <span className={classNames('font-medium', left < 0 && 'text-bad')}>
            {formatMemoryBand(needed)}
          </span>
        </div>
        <MemoryBar
          usedBytes={total - free}
          runBytes={needed.expected}
          totalBytes={total}
          scaleBytes={Math.max(scaleBytes, total)}
        />
        <div className="flex justify-between gap-2 text-ink-2">
          <span>
            {left < 0 ? `${formatMemory(-left)} more than is free` : `${formatMemory(left)} stays free`}
          </span>
          <span>{formatMemory(total)}</span>
        </div>
      </div>
    </Tooltip>
  );
};
