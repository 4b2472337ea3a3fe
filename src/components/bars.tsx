import { classNames } from './class-names';
import { formatMemory } from './format';

const percent = (part: number, whole: number): string =>
  `${whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0}%`;

export const ProgressBar = ({
  label,
  value,
  className,
}: {
  readonly label: string;
  readonly value: number;
  readonly className?: string;
}) => (
  <div
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={Math.round(value)}
    className={classNames('h-1 overflow-hidden rounded-full bg-active', className)}
  >
    <div className="h-full bg-accent" style={{ width: percent(value, 100) }} />
  </div>
);

/**
 * What is used now, what the run adds, and the card's size as a tick; `scale` is shared by neighbours. What a
 * run that does not fit would need beyond that size is hatched.
 */
export const MemoryBar = ({
  usedBytes,
  runBytes,
  totalBytes,
  scaleBytes,
}: {
  readonly usedBytes: number;
  readonly runBytes: number;
  readonly totalBytes: number;
  readonly scaleBytes: number;
}) => {
  const over = usedBytes + runBytes > totalBytes;
  const label = `${formatMemory(usedBytes)} in use, ${formatMemory(runBytes)} for this run, of ${formatMemory(totalBytes)}`;
  return (
    <div role="img" aria-label={label} title={label} className="relative h-2 rounded-sm bg-active">
      <div
        className="absolute inset-y-0 left-0 bg-line-control"
        style={{ width: percent(usedBytes, scaleBytes) }}
      />
      <div
        className={classNames('absolute inset-y-0', over ? 'bg-bad-fill' : 'bg-accent')}
        style={{
          left: percent(usedBytes, scaleBytes),
          width: percent(Math.min(runBytes, totalBytes - usedBytes), scaleBytes),
        }}
      />
      {over ? (
        <div
          className="hatched absolute inset-y-0"
          style={{
            left: percent(totalBytes, scaleBytes),
            width: percent(usedBytes + runBytes - totalBytes, scaleBytes),
          }}
        />
      ) : null}
      <div className="absolute -inset-y-0.5 w-px bg-ink" style={{ left: percent(totalBytes, scaleBytes) }} />
    </div>
  );
};
