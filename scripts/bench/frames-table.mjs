const COLUMNS = [
  ['', ({ name }) => name],
  ['seconds', ({ seconds }) => seconds.toFixed(1)],
  ['frames', ({ frames }) => String(frames)],
  ['longest gap', ({ longest_gap }) => `${longest_gap.toFixed(0)} ms`],
  ['gaps over 50 ms', ({ gaps_over_limit }) => String(gaps_over_limit)],
  ['longest task', ({ longest_task }) => `${longest_task.toFixed(0)} ms`],
  ['most processor', ({ longest_task_cpu }) => `${longest_task_cpu.toFixed(0)} ms`],
  ['main waited', ({ longest_main_wait }) => `${longest_main_wait.toFixed(0)} ms`],
];

/** For people: a line a stretch. */
export function framesTable({ rows, pages, stretches }) {
  const cells = [
    COLUMNS.map(([title]) => title),
    ...stretches.map((stretch) => COLUMNS.map(([, text]) => text(stretch))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lineOf = (line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column])));
  return (
    `${rows} rows; the first ${pages} pages of records and the last one scrolled through\n` +
    cells.map((line) => `${lineOf(line).join('  ')}\n`).join('') +
    'A gap is between two frames of the window. A task is one piece of its work: what it took of the processor is ' +
    'its own, the rest is what the machine did meanwhile. The line of nothing is this machine at rest.\n'
  );
}
