export interface LossPoint {
  readonly step: number;
  readonly training_loss: number | null;
  readonly validation_loss: number | null;
}

const HEIGHT = 8;
const WIDTH = 60;
const TRAIN = '·';
const HELD_OUT = '●';

interface Frame {
  readonly low: number;
  readonly high: number;
  readonly first: number;
  readonly last: number;
}

const frameOf = (points: readonly LossPoint[]): Frame | null => {
  const losses = points
    .flatMap(({ training_loss, validation_loss }) => [training_loss, validation_loss])
    .filter((loss) => loss !== null);
  const [first, last] = [points[0]?.step, points.at(-1)?.step];
  if (losses.length < 2 || first === undefined || last === undefined || first === last) return null;
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  return { low, high: high > low ? high : low + 1, first, last };
};

const put = (grid: string[][], { frame, mark }: { frame: Frame; mark: string }) => {
  return (step: number, loss: number | null): void => {
    if (loss === null) return;
    const column = Math.round(((step - frame.first) / (frame.last - frame.first)) * (WIDTH - 1));
    const row = Math.round(((frame.high - loss) / (frame.high - frame.low)) * (HEIGHT - 1));
    const line = grid[row];
    if (line) line[column] = mark;
  };
};

const label = (frame: Frame, row: number): string => {
  const loss = frame.high - (row / (HEIGHT - 1)) * (frame.high - frame.low);
  return loss.toFixed(2).padStart(7);
};

/** The loss of a run as lines of text; none where there is too little to draw. */
export const lossChart = (points: readonly LossPoint[]): string[] => {
  const frame = frameOf(points);
  if (!frame) return [];
  const grid = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => ' '));
  const train = put(grid, { frame, mark: TRAIN });
  const heldOut = put(grid, { frame, mark: HELD_OUT });
  for (const { step, training_loss } of points) train(step, training_loss);
  for (const { step, validation_loss } of points) heldOut(step, validation_loss);
  const steps = `step ${frame.first}`.padEnd(WIDTH - String(frame.last).length) + String(frame.last);
  return [
    ...grid.map((line, row) => `${label(frame, row)} │${line.join('').trimEnd()}`),
    `${' '.repeat(7)} └${'─'.repeat(WIDTH)}`,
    `${' '.repeat(9)}${steps}`,
    `${' '.repeat(9)}${TRAIN} training loss   ${HELD_OUT} held-out loss`,
  ];
};
