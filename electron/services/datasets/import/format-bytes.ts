/** A file size as people say it, in powers of ten. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${String(sizeBytes)} bytes`;
  const power = Math.min(UNITS.length, Math.floor(Math.log10(sizeBytes) / 3));
  return `${(sizeBytes / 1000 ** power).toFixed(1)} ${UNITS[power - 1] ?? 'GB'}`;
}

const UNITS = ['kB', 'MB', 'GB'] as const;
