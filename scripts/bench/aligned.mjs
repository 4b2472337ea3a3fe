/** Columns `[title, (row) => text]` and rows as right-aligned lines. */
export function aligned(columns, rows) {
  const lines = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, show]) => show(row)))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((cell, column) => cell.padStart(widths[column])).join('  '));
}
