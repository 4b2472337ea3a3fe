import { useSyncExternalStore } from 'react';
import { formatAgo, formatExactTime } from './format';

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
