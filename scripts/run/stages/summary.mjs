import { formatSeconds } from '../../setup/format.mjs';

/** A table of the stages and, alone on the last line, the sum that machines read. */
export function summarize(results) {
  const rows = results.map(({ name, passed, failed, skipped, elapsedMs }) =>
    [name.padEnd(8), passed, failed, skipped, formatSeconds(elapsedMs)]
      .map((cell) => String(cell).padStart(8))
      .join('  '),
  );
  const head = ['stage   ', 'passed', 'failed', 'skipped', 'time'].map((cell) => cell.padStart(8)).join('  ');
  const passed = sum(results, 'passed');
  const failed = sum(results, 'failed');
  return {
    text: ['', head, ...rows, '', `${passed} passed, ${failed} failed`, ''].join('\n'),
    hasFailed: failed > 0,
  };
}

const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);
