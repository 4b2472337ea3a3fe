import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCommand } from './run-command.mjs';
import { scratchFolder } from './testing/scratch-folder.mjs';

test('hands on each line of what a command says while it runs, whole', async () => {
  const lines = [];
  const write =
    'process.stdout.write("{\\"share\\":"); setTimeout(() => process.stdout.write("0.5}\\nParis\\n"), 30)';
  const said = await runCommand(
    { command: process.execPath, args: ['-e', write], onLine: (line) => lines.push(line) },
    { logFile: join(scratchFolder(), 'log') },
  );
  expect(lines).toEqual(['{"share":0.5}', 'Paris']);
  expect(said).toBe('{"share":0.5}\nParis\n');
});
