import { aligned } from './aligned.mjs';

const whole = (value) => Math.round(value).toLocaleString('en-US');
const percent = (value) => `${(100 * value).toFixed(1)} %`;

/** Empty where the memory did not hold the contender. */
const figure = (show) => (row) => (row.out_of_memory ? '' : show(row));
const ofSteps = (name, digits) =>
  figure(({ steps }) =>
    Object.values(steps)
      .map((step) => step[name].toFixed(digits))
      .join(' / '),
  );

const columnsFor = ({ matrix_rate }) => [
  ['shape', ({ shape }) => shape],
  ['rows', ({ work, tokens }) => `${work}, ${tokens}`],
  ['', ({ name }) => name],
  ['tokens/s', (row) => (row.out_of_memory ? 'out of memory' : whole(row.tokens_per_second))],
  ['of 989 TFLOP/s', figure(({ share_of_published_peak }) => percent(share_of_published_peak))],
  ['of the measured product', figure(({ operations_per_second: rate }) => percent(rate / matrix_rate))],
  ['peak GiB', figure(({ peak_bytes }) => (peak_bytes / 2 ** 30).toFixed(1))],
  ['loss', ofSteps('loss', 4)],
  ['gradient norm', ofSteps('gradient_norm', 3)],
];

/** The figures of `bench.card` for people. */
export function cardTable(result) {
  const { card, precision, torch, matrix_rate, rows } = result;
  const told = Object.keys(rows.find(({ steps }) => steps)?.steps ?? {}).join(', ');
  return [
    `${card}, ${precision}, torch ${torch}; a large matrix product runs at ${(matrix_rate / 1e12).toFixed(1)} TFLOP/s`,
    `loss and gradient norm at steps ${told}`,
    ...aligned(columnsFor(result), rows),
    '',
  ].join('\n');
}
