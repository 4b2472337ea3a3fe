import { Chart } from 'chart.js';
import type { ChartConfiguration, ChartType, DefaultDataPoint } from 'chart.js';
import { useEffect, useRef, useState } from 'react';

type Drawing<Type extends ChartType, Points> = Pick<ChartConfiguration<Type, Points>, 'data' | 'options'>;

/** The theme's class: what a canvas was drawn with is not what it is to be drawn with once it changes. */
const useTheme = (): string => {
  const [theme, setTheme] = useState(document.documentElement.className);
  useEffect(() => {
    const themes = new MutationObserver(() => setTheme(document.documentElement.className));
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['class'] });
    return () => themes.disconnect();
  }, []);
  return theme;
};

/**
 * The life of a chart on the canvas that the answer is given to: made and destroyed with it, drawn
 * anew whenever `draw` is another function or the theme changes, as wide and high as its frame.
 */
export const useChart = <Type extends ChartType, Points = DefaultDataPoint<Type>>(
  type: Type,
  draw: () => Drawing<Type, Points>,
) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<Type, Points> | null>(null);
  const theme = useTheme();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    chart.current = new Chart<Type, Points>(context, { type, data: { datasets: [] } });
    return () => {
      chart.current?.destroy();
      chart.current = null;
    };
  }, [type]);
  useEffect(() => {
    if (!chart.current) return;
    const { data, options } = draw();
    if (options) chart.current.options = options;
    chart.current.data = data;
    chart.current.update('none');
  }, [draw, theme]);
  return canvas;
};
