import { useLayoutEffect, useRef, useState } from 'react';

/** Whether a text marked `data-cut` inside the frame is longer than it is shown; looked at anew with `shown`. */
export const useIsCut = (shown: unknown) => {
  const frame = useRef<HTMLDivElement>(null);
  const [isCut, setIsCut] = useState(false);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const look = () => {
      const texts = [...element.querySelectorAll('[data-cut]')];
      setIsCut(texts.some(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown]);
  return { frame, isCut };
};
