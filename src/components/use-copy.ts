import { useEffect, useState } from 'react';
import { attempt } from '../attempt';

const SHOWN_MS = 2000;

/** Copies a text; `copied` holds for two seconds, for the button to say so. */
export const useCopy = (text: string) => {
  const [copiedAt, setCopiedAt] = useState<number | null>(null);
  useEffect(() => {
    if (copiedAt === null) return undefined;
    const timer = setTimeout(() => setCopiedAt(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  const copy = () =>
    void attempt('Not copied', async () => {
      await navigator.clipboard.writeText(text);
      setCopiedAt(Date.now());
    });
  return { copied: copiedAt !== null, copy };
};
