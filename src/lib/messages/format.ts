const GIBIBYTE = 1024 ** 3;

/** Files and disk: decimal units, as file managers show them. */
export const formatBytes = (bytes: number): string => {
  const steps = [
    { unit: 'TB', size: 1e12 },
    { unit: 'GB', size: 1e9 },
    { unit: 'MB', size: 1e6 },
    { unit: 'kB', size: 1e3 },
  ];
  const step = steps.find(({ size }) => bytes >= size);
  return step ? `${(bytes / step.size).toFixed(1)} ${step.unit}` : `${bytes} B`;
};

/** Memory: GB of 2³⁰ bytes, as the driver shows it. */
export const formatMemory = (bytes: number): string => `${(bytes / GIBIBYTE).toFixed(1)} GB`;

/** `1 h 5 min`, `3 min 20 s`, `8 s`. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
};

/** Digits in full, in groups of three. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');
