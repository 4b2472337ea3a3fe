const DAY_MS = 86_400_000;
const DAY_SECONDS = 86_400n;
/** Far more than any decimal of a table has. */
const MAX_SCALE = 1000;

/** As it is written, with all digits after the point that its column has. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale < 0 || scale > MAX_SCALE) throw new Error('a column of decimals has a scale that makes no sense');
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return unscaled < 0n ? `-${text}` : text;
}

/** Without a time, which it has not; null for a day that no calendar has. */
export function dateText(days: number): string | null {
  return isoOf(days * DAY_MS)?.slice(0, -'T00:00:00.000Z'.length) ?? null;
}

/** In parts of a second, of which there are as many as 10 to the power of `digits`. */
export function instantText(parts: bigint, digits: number, zone: string): string | null {
  const { seconds, fraction } = divided(parts, digits);
  const iso = isoOf(Number(seconds) * 1000);
  return iso === null ? null : `${iso.slice(0, -'.000Z'.length)}${fraction}${zone}`;
}

/** Of a day. */
export function timeText(parts: bigint, digits: number): string | null {
  const { seconds, fraction } = divided(parts, digits);
  if (seconds < 0n || seconds >= DAY_SECONDS) return null;
  const time = isoOf(Number(seconds) * 1000)?.slice('1970-01-01T'.length, -'.000Z'.length);
  return `${time ?? ''}${fraction}`;
}

function divided(parts: bigint, digits: number): { readonly seconds: bigint; readonly fraction: string } {
  const unit = 10n ** BigInt(digits);
  const rest = ((parts % unit) + unit) % unit;
  return {
    seconds: (parts - rest) / unit,
    fraction: rest === 0n ? '' : `.${String(rest).padStart(digits, '0')}`,
  };
}

function isoOf(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
