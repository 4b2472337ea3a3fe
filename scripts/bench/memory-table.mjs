import { aligned } from './aligned.mjs';

const MIB = 1024 ** 2;
const COLUMNS = [
  ['model', ({ model }) => model],
  ['rows × tokens', ({ micro_batch, longest_row }) => `${micro_batch} × ${longest_row}`],
  ['trained', ({ trained_share }) => `${Math.round(100 * trained_share)} %`],
  ['and', (row) => changesOf(row)],
  ['estimate MiB', ({ estimated_bytes }) => (estimated_bytes / MIB).toFixed(0)],
  ['measured MiB', ({ peak_bytes }) => (peak_bytes / MIB).toFixed(0)],
  ['measured ÷ estimate', ({ peak_bytes, estimated_bytes }) => (peak_bytes / estimated_bytes).toFixed(3)],
];

const USUAL = {
  lora_rank: 16,
  lora_dropout: 0,
  precision: 'fp32',
  packing: 'auto',
  variant: 'lora',
  quantization: 'none',
  method: 'sft',
};

const changesOf = ({ settings, recompute_mlps, recompute_layers, differing }) => {
  const changed = Object.entries({ ...USUAL, optimizer: 'adamw', target_modules: 'all-linear' })
    .filter(([name, usual]) => settings[name] !== undefined && `${settings[name]}` !== `${usual}`)
    .map(([name]) => `${name} ${settings[name]}`);
  const recomputed = [
    [recompute_mlps, 'MLPs recomputed'],
    [recompute_layers, 'layers recomputed'],
  ].flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  return [...changed, ...recomputed, ...(differing ? ['lengths differ'] : [])].join(', ') || '–';
};

/** Estimate beside measurement for people, with how far the estimate is off at most. */
export function memoryTable(rows) {
  const ratios = rows.map(({ peak_bytes, estimated_bytes }) => peak_bytes / estimated_bytes);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(3));
  return [
    ...aligned(COLUMNS, rows),
    `${rows.length} configurations, measured ÷ estimate from ${least} to ${most}`,
    '',
  ].join('\n');
}
