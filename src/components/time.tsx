import { useSyncExternalStore } from 'react';
import { formatAgo, formatExactTime, formatStopwatch } from './format';

let now = Date.now();

/** A clock that moves twice a minute: relative times need no more. */
const subscribe = (listener: () => void) => {
  const timer = setInterval(() => {
    now = Date.now();
    listener();
  }, 30_000);
  return () => clearInterval(timer);
};

export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

export const Ago = ({ time }: { readonly time: string }) => (
  <time dateTime={time} title={formatExactTime(time)}>
    {formatAgo(time, useNow())}
  </time>
);

const subscribeToSeconds = (listener: () => void) => {
  const timer = setInterval(listener, 1000);
  return () => clearInterval(timer);
};

const thisSecond = (): number => Math.floor(Date.now() / 1000) * 1000;

/** Counts the seconds since a time in milliseconds, for work that is watched until it ends. */
export const RunningClock = ({ since }: { readonly since: number }) =>
  formatStopwatch(Math.max(0, useSyncExternalStore(subscribeToSeconds, thisSecond) - since));
