import { formatCount, formatDuration, formatMemory } from '../lib/messages/format';

export {
  formatAmount,
  formatBytes,
  formatCount,
  formatDuration,
  formatExactTime,
  formatMemory,
} from '../lib/messages/format';

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const NOTHING = '—';

interface Band {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

const TEN_SECONDS = 10_000;

export const formatLoss = (loss: number | null | undefined): string =>
  loss === null || loss === undefined ? NOTHING : loss.toFixed(3);

export const formatPercent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** `− 46.0 %`: the change from one figure to another. */
export const formatChange = (from: number, to: number): string => {
  const change = ((to - from) / from) * 100;
  return `${change < 0 ? '−' : '+'} ${Math.abs(change).toFixed(1)} %`;
};

/** `5.2 % lower`: the same in words. */
export const formatChangeWords = (from: number, to: number): string =>
  `${Math.abs(((to - from) / from) * 100).toFixed(1)} % ${to < from ? 'lower' : 'higher'}`;

export const formatRate = (rate: number): string => {
  if (rate === 0) return '0';
  const [digits = '0', power = '0'] = rate.toExponential(1).split('e');
  return `${digits.replace(/\.0$/, '')}e${Number(power)}`;
};

/** An estimate of time, no finer than it is known: `≈ 12 min`. */
export const formatRoughDuration = (ms: number): string => {
  if (ms < MINUTE) return `≈ ${formatDuration(ms)}`;
  // A minute and a half would be told as one or two.
  if (ms < 2 * MINUTE) return `≈ ${formatDuration(Math.round(ms / TEN_SECONDS) * TEN_SECONDS)}`;
  if (ms < HOUR) return `≈ ${Math.round(ms / MINUTE)} min`;
  return `≈ ${formatDuration(Math.round(ms / MINUTE) * MINUTE)}`;
};

/** Half of a band's width and the unit in which it is told: the last one of the time. */
const halfOf = ({ low, expected, high }: Band) => {
  const half = (high - low) / 2;
  const unit = half >= HOUR ? HOUR : expected < 2 * MINUTE ? SECOND : MINUTE;
  return { unit, amount: Math.max(1, Math.round(half / unit)) };
};

/** The round times under which an ill-known one is said to stay; from there on whole days. */
const LIMITS: readonly number[] = [
  ...[1, 2, 3, 5, 10, 15, 20, 30, 45].map((seconds) => seconds * SECOND),
  ...[1, 2, 3, 5, 10, 15, 20, 30, 45].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12, 18, 24].map((hours) => hours * HOUR),
];

/** Under what a time stays that is known no better than by its own size; null where a band says more. */
export const durationLimit = (band: Band): number | null => {
  const { unit, amount } = halfOf(band);
  if (amount < Math.round(band.expected / unit)) return null;
  return LIMITS.find((limit) => limit >= band.high) ?? Math.ceil(band.high / DAY) * DAY;
};

/** `≈ 46 min ± 4`, `≈ 20 h ± 3`: half the band's width, in the unit of the figure; else `under 20 min`. */
export const formatDurationBand = (band: Band): string => {
  const limit = durationLimit(band);
  if (limit !== null) return `under ${formatDuration(limit)}`;
  const { unit, amount } = halfOf(band);
  const time = unit === HOUR ? `≈ ${Math.round(band.expected / HOUR)} h` : formatRoughDuration(band.expected);
  return `${time} ± ${amount}`;
};

/** Of the distance to what is least: a band that reaches further up says how far. */
const UNEVEN = 1.5;

/** `≈ 18.1 GB ± 0.6`, or `≈ 1.8 GB, at most 2.6`. */
export const formatMemoryBand = ({ low, expected, high }: Band): string => {
  const unit = expected >= 1024 ** 3 ? 1024 ** 3 : 1024 ** 2;
  const written = (bytes: number): string => (bytes / unit).toFixed(unit === 1024 ** 3 ? 1 : 0);
  const isEven = high - expected <= UNEVEN * (expected - low);
  return `≈ ${formatMemory(expected)}${isEven ? ` ± ${written((high - low) / 2)}` : `, at most ${written(high)}`}`;
};

/** `0:21`, `26:10`, `1:02:10`: what a stopwatch shows. */
export const formatStopwatch = (ms: number): string => {
  const [hours, minutes, seconds] = [
    Math.floor(ms / HOUR),
    Math.floor((ms % HOUR) / MINUTE),
    Math.floor((ms % MINUTE) / 1000),
  ];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
};

const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ORDER = new Intl.PluralRules('en-GB', { type: 'ordinal' });

/** `1st`, `2nd`, `3rd`, `11th`. */
export const ordinal = (place: number): string => `${place}${ENDINGS[ORDER.select(place)] ?? 'th'}`;

/** `14:22:29`. */
export const formatClockSeconds = (time: number | string): string => CLOCK_SECONDS.format(new Date(time));

export const formatClock = (time: number | string): string => CLOCK.format(new Date(time));

const WEEKDAY_CLOCK = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const DATE_CLOCK = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** A time to come: `18:07` today, `Tue 18:07` within a week, else `12 Dec, 18:07`. */
export const formatClockAhead = (time: number, now: number): string => {
  if (new Date(time).toDateString() === new Date(now).toDateString()) return formatClock(time);
  return (time - now < 6 * DAY ? WEEKDAY_CLOCK : DATE_CLOCK).format(new Date(time));
};

export const formatAgo = (time: number | string, now: number): string => {
  const age = now - new Date(time).getTime();
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  const days = Math.floor(age / DAY);
  return days === 1 ? 'yesterday' : `${days} days ago`;
};

/** `7.62 B`, `135 M`: parameters, where digits in full would say no more. */
export const formatParameters = (count: number): string => {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(count < 1e8 ? 1 : 0)} M`;
  return formatCount(count);
};

const PRECISIONS: Readonly<Record<string, string>> = {
  bfloat16: 'bf16',
  f16: 'fp16',
  float16: 'fp16',
  f32: 'fp32',
  float32: 'fp32',
};

/** One word for a precision, whoever names it: safetensors, PyTorch or the settings. */
export const formatPrecision = (name: string): string =>
  name
    .toLowerCase()
    .split(', ')
    .map((one) => PRECISIONS[one] ?? one)
    .join(', ');

export const formatHash = (hash: string): string =>
  `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;

export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export const decapitalised = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);
