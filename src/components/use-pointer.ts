import { useState } from 'react';
import type { PointerEvent } from 'react';

interface Pointer {
  /** The place on the chart's x axis. */
  readonly x: number;
  /** Pixels from the left edge of the frame, and how wide it is. */
  readonly left: number;
  readonly width: number;
}

/** Where the pointer is over a chart; `toValue` reads a pixel of the frame. */
export const usePointer = (toValue: (frame: HTMLElement, pixel: number) => number) => {
  const [pointer, setPointer] = useState<Pointer | null>(null);
  const leave = () => setPointer(null);
  const onPointerMove = ({ currentTarget, clientX }: PointerEvent<HTMLElement>) => {
    const frame = currentTarget.getBoundingClientRect();
    const left = clientX - frame.left;
    setPointer({ x: toValue(currentTarget, left), left, width: frame.width });
  };
  return { pointer, handlers: { onPointerMove, onPointerLeave: leave } };
};
