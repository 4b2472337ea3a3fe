import { aligned } from './aligned.mjs';

const OURS = 'ours';
const COLUMNS = [
  ['', ({ name }) => name],
  ['records/s', ({ records_per_second: value }) => value.toFixed(3)],
  ['real tokens/s', ({ real_tokens_per_second: value }) => value.toFixed(0)],
  ['trained tokens/s', ({ trained_tokens_per_second: value }) => value.toFixed(0)],
  ['tokens/processor s', ({ real_tokens_per_processor_second: value }) => value.toFixed(0)],
  ['peak MiB', ({ peak_bytes: value }) => (value / 2 ** 20).toFixed(0)],
  ['last loss', ({ loss }) => loss.toFixed(4)],
  ['gradient norm', ({ gradient_norm }) => gradient_norm.toFixed(3)],
  ['held-out loss', ({ held_out_loss: value }) => value.toFixed(4)],
  [
    'ours is',
    (row, ours) => `${median(ours.seconds.map((own, turn) => row.seconds[turn] / own)).toFixed(2)} ×`,
  ],
  ['by processor', (row, ours) => `${(processor(ours) / processor(row)).toFixed(2)} ×`],
];

/** The figures of `bench.compare` for people. */
export function trainerTable({ machine, base_held_out_loss, rows }) {
  const ours = rows.find(({ name }) => name === OURS) ?? rows[0];
  const columns = COLUMNS.map(([title, show]) => [title, (row) => show(row, ours)]);
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.processor}, ${machine.threads} threads, ${machine.precision}; ${versions.join(', ')}`,
    `${rows[0].seconds.length} repeats taken in turn, “ours is” by their median; held-out loss of the base ${base_held_out_loss.toFixed(4)}`,
    ...aligned(columns, rows),
    '',
  ].join('\n');
}

const median = (values) => {
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const processor = (row) => row.real_tokens_per_processor_second;
