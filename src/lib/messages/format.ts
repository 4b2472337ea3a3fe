// What the window and the command line both write; what only the window shows is in its components.
const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Digits in full, in groups of three. */
export const formatCount = (count: number): string => WHOLE.format(count);

/** `1 record`, `1,284 records`. */
export const formatAmount = (value: number, singular: string, plural = `${singular}s`): string =>
  `${formatCount(value)} ${value === 1 ? singular : plural}`;

/** A moment in this machine's own time: `29 Nov 2026, 23:46:02`. */
export const formatExactTime = (time: number | string): string => EXACT.format(new Date(time));

/** Files and disks: powers of ten. */
export const formatBytes = (bytes: number): string => scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB']);

/** Card and main memory: GB of 2³⁰ bytes, as the driver counts. */
export const formatMemory = (bytes: number): string => scaled(bytes, 1024, ['B', 'kB', 'MB', 'GB', 'TB']);

/** `33 s`, `14 min 3 s`, `1 h 27 min`, `2 d 4 h`. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair([Math.floor(seconds / 60), 'min'], [seconds % 60, 's']);
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return pair([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
  return pair([Math.floor(minutes / 1440), 'd'], [Math.floor((minutes % 1440) / 60), 'h']);
};

const scaled = (value: number, base: number, units: readonly string[]): string => {
  let rest = value;
  let power = 0;
  while (Math.round(rest) >= base && power < units.length - 1) {
    rest /= base;
    power += 1;
  }
  const digits = power === 0 || rest >= 99.95 ? 0 : 1;
  return `${rest.toFixed(power === units.length - 1 ? 2 : digits)} ${units[power] ?? ''}`;
};

const pair = (...parts: [number, string][]): string =>
  parts
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
