import { expect, test } from 'vitest';
import { eventSides } from './line-chart-events';

const ROOM = { left: 50, right: 950, line: Infinity };

test('the words of an event stand right of its flag where nothing is', () => {
  expect(eventSides([{ at: 200, width: 180 }], ROOM)).toEqual(['start']);
  expect(eventSides([{ at: 900, width: 180 }], ROOM)).toEqual(['end']);
});

test('they turn before the line of the run, and cross it only where they have no other room', () => {
  expect(eventSides([{ at: 400, width: 180 }], { ...ROOM, line: 500 })).toEqual(['end']);
  expect(eventSides([{ at: 100, width: 180 }], { ...ROOM, line: 150 })).toEqual(['start']);
  expect(eventSides([{ at: 500, width: 180 }], { ...ROOM, line: 500 })).toEqual(['start']);
});

test('they cross no words of another event: of a crowd only the flags are left', () => {
  const crowd = [300, 330, 360, 500].map((at) => ({ at, width: 120 }));
  expect(eventSides(crowd, ROOM)).toEqual(['end', null, 'start', 'start']);
});
