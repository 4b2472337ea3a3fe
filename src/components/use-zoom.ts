import { useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { clampRange, moveRange, scaleRange } from './chart-range';
import type { Range } from './chart-range';

/** A shorter drag is a click. */
const SHORTEST_DRAG = 8;
const STEP = 0.25;

const KEYS: Readonly<Record<string, (range: Range) => Range>> = {
  '+': (range) => scaleRange(range, 0.5),
  '=': (range) => scaleRange(range, 0.5),
  '-': (range) => scaleRange(range, 2),
  ArrowLeft: (range) => moveRange(range, -STEP),
  ArrowRight: (range) => moveRange(range, STEP),
};

const pixelOf = (event: PointerEvent<HTMLElement>): number =>
  event.clientX - event.currentTarget.getBoundingClientRect().left;

/** The part of the axis in view, chosen by dragging over it or by keys; `toValue` reads a pixel of the frame. */
export const useZoom = (whole: Range, toValue: (frame: HTMLElement, pixel: number) => number) => {
  const [range, setRange] = useState<Range | null>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const reset = () => setRange(null);
  const selection = drag ? { min: Math.min(drag.from, drag.to), max: Math.max(drag.from, drag.to) } : null;
  const onPointerUp = ({ currentTarget }: PointerEvent<HTMLElement>) => {
    setDrag(null);
    if (!selection || selection.max - selection.min < SHORTEST_DRAG) return;
    const [min, max] = [toValue(currentTarget, selection.min), toValue(currentTarget, selection.max)];
    setRange(clampRange({ min, max }, whole));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = KEYS[event.key];
    if (!next && event.key !== '0') return;
    event.preventDefault();
    setRange(next ? clampRange(next(range ?? whole), whole) : null);
  };
  return {
    range,
    selection,
    reset,
    handlers: {
      onKeyDown,
      onPointerUp,
      onPointerCancel: () => setDrag(null),
      onDoubleClick: reset,
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0 || !(event.target instanceof HTMLCanvasElement)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = pixelOf(event);
        setDrag({ from: at, to: at });
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        if (drag) setDrag({ ...drag, to: pixelOf(event) });
      },
    },
  };
};
