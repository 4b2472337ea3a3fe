import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const MODULE = pathToFileURL(join(import.meta.dirname, 'hand-over.mjs')).href;
const WAYS = [
  ['becoming the program', ''],
  ['beside the program, as on Node 20', 'process.execve = undefined;'],
];

function startThrough(preparation, args) {
  const program = JSON.stringify({ command: process.execPath, args });
  const script = `${preparation} (await import(${JSON.stringify(MODULE)})).handOver(${program});`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

test.each(WAYS)('passes arguments, streams and exit code on: %s', async (_way, preparation) => {
  const program =
    'process.stdin.on("data", (d) => process.stdout.write(process.argv[1] + d)).on("end", () => process.exit(75))';
  const child = startThrough(preparation, ['-e', program, 'ü and "quotes" $HOME ']);
  child.stdin.end('input');
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect({ output, code }).toEqual({ output: 'ü and "quotes" $HOME input', code: 75 });
});

test.each(WAYS)('passes an interrupt on: %s', async (_way, preparation) => {
  const program =
    'process.once("SIGINT", () => process.exit(130)); setInterval(() => {}, 1000); console.log("up");';
  const child = startThrough(preparation, ['-e', program]);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
});
