// The real runner over three small parts, each filled by three processes: a program, so that tests can kill it.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { pathsIn } from '../paths.mjs';
import { replaceFolder } from '../replace-folder.mjs';
import { runCommand } from '../run-command.mjs';
import { runSteps } from '../run-steps.mjs';
import { hasStamp, stampIn } from '../stamp.mjs';

const SLOW_WRITE = 'setTimeout(() => require("fs").writeFileSync(process.argv[1], "whole"), 20)';

const [root] = process.argv.slice(2);
await runSteps([smallPart('one'), smallPart('two'), smallPart('three')], {
  paths: pathsIn(root),
  stream: process.stderr,
});

function smallPart(name) {
  const folder = join(root, 'resources', 'runtime', name);
  return {
    title: `Part ${name}`,
    downloadBytes: 0,
    diskBytes: 1000,
    isDone: () => existsSync(join(folder, 'c')) && hasStamp(stampIn(folder), name),
    run: (context) =>
      replaceFolder({ folder, partialDir: context.paths.partialDir }, async (partial) => {
        appendFileSync(join(root, 'begun.log'), `${name}\n`);
        for (const file of ['a', 'b', 'c']) {
          await runCommand(
            { command: process.execPath, args: ['-e', SLOW_WRITE, join(partial, file)] },
            context,
          );
        }
        return { fingerprint: name };
      }),
  };
}
