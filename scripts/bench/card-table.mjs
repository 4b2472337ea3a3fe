import { aligned } from './aligned.mjs';

const whole = (value) => Math.round(value).toLocaleString('en-US');
const percent = (value) => `${(100 * value).toFixed(1)} %`;

const failed = (row) => row.out_of_memory || row.failed !== undefined;
/** Empty where the contender has none. */
const figure = (show) => (row) => (failed(row) ? '' : show(row));
const speed = (row) => (row.out_of_memory ? 'out of memory' : (row.failed ?? whole(row.tokens_per_second)));
const ofSteps = (name, digits) =>
  figure(({ steps }) =>
    Object.values(steps)
      .map((step) => step[name].toFixed(digits))
      .join(' / '),
  );

/** How much of the speed with all levers is left. */
const ofOurs = (rows) =>
  figure(({ shape, work, tokens_per_second }) => {
    const ours = rows.find((row) => row.shape === shape && row.work === work && row.name === 'ours');
    return ours === undefined || failed(ours) ? '' : percent(tokens_per_second / ours.tokens_per_second);
  });

const columnsFor = ({ matrix_rate, rows }) => [
  ['shape', ({ shape }) => shape],
  ['rows', ({ work, tokens }) => `${work}, ${tokens}`],
  ['', ({ name }) => name],
  ['tokens/s', speed],
  ['of ours', ofOurs(rows)],
  ['of 989 TFLOP/s', figure(({ share_of_published_peak }) => percent(share_of_published_peak))],
  ['of the measured product', figure(({ operations_per_second: rate }) => percent(rate / matrix_rate))],
  ['peak GiB', figure(({ peak_bytes }) => (peak_bytes / 2 ** 30).toFixed(1))],
  ['loss', ofSteps('loss', 4)],
  ['gradient norm', ofSteps('gradient_norm', 3)],
];

/** The figures of `bench.card` for people. */
export function cardTable(result) {
  const { card, precision, torch, matrix_rate, rows } = result;
  const told = new Set(rows.flatMap(({ steps = {} }) => [Object.keys(steps).join(', ')]).filter(Boolean));
  const warnings = new Set(rows.flatMap((row) => row.warnings ?? []));
  return [
    `${card}, ${precision}, torch ${torch}; a large matrix product runs at ${(matrix_rate / 1e12).toFixed(1)} TFLOP/s`,
    `loss and gradient norm at steps ${[...told].join('; without a lever ')}`,
    ...warnings,
    ...aligned(columnsFor(result), rows),
    '',
  ].join('\n');
}
