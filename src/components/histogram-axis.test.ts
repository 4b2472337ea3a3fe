import { expect, test } from 'vitest';
import { histogramAxis } from './histogram-axis';

const EDGES = [0, 200, 400, 600, 800];

test('begins with the first bar, not with what nothing is in', () => {
  expect(histogramAxis({ edges: EDGES, counts: [0, 3, 1, 2] }, [])).toEqual({
    min: 200,
    max: 800,
    ticks: [256, 384, 512, 640, 768],
  });
  expect(histogramAxis({ edges: EDGES, counts: [1, 3, 1, 2] }, [])).toEqual({
    min: 0,
    max: 800,
    ticks: [0, 128, 256, 384, 512, 640, 768],
  });
});

test('holds what is marked before the first bar', () => {
  expect(histogramAxis({ edges: EDGES, counts: [0, 0, 1, 2] }, [128, 512])).toMatchObject({ min: 128 });
});

test('has a length where nothing was counted', () => {
  expect(histogramAxis({ edges: [], counts: [] }, [])).toEqual({ min: 0, max: 1, ticks: [0, 1] });
});
