import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { needsOlderNodeApi } from '../electron-dist.mjs';
import { replaceFolder } from '../replace-folder.mjs';
import { runCommand } from '../run-command.mjs';
import { fingerprintOf, hasStamp, stampIn } from '../stamp.mjs';

const BINARY = 'better_sqlite3.node';
const NODE_API_DEFINES = [
  // Node 20 has what Node-API 10 made final, under the experimental name.
  'NAPI_EXPERIMENTAL',
  'NODE_API_EXPERIMENTAL_NO_WARNING',
  'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  'NAPI_DISABLE_CPP_EXCEPTIONS',
  'BUILDING_NODE_EXTENSION',
  'NODE_GYP_MODULE_NAME=better_sqlite3',
];

/**
 * A second better-sqlite3 for an Electron whose Node-API is older than 10. `electron/db` passes it as
 * `nativeBinding` when `process.versions.napi` is below 10; everywhere else the package's own binary serves.
 */
export const olderSqlite = {
  title: "SQLite for the stand-in's older Node",
  downloadBytes: 0,
  diskBytes: 10e6,
  isDone: ({ paths }) => !needsOlderNodeApi(paths) || isBuilt(paths),
  async run(context) {
    const { paths } = context;
    await replaceFolder({ folder: paths.sqliteDir, partialDir: paths.partialDir }, async (partial) => {
      await build(partial, context);
      return { fingerprint: fingerprint(paths) };
    });
  },
};

const isBuilt = (paths) =>
  existsSync(join(paths.sqliteDir, BINARY)) && hasStamp(stampIn(paths.sqliteDir), fingerprint(paths));

// node-gyp would do the same with make, which cannot build in a folder with a space in its name.
async function build(partial, context) {
  const { nodeModules } = context.paths;
  const packageDir = join(nodeModules, 'better-sqlite3');
  const sqliteDir = join(packageDir, 'deps', 'sqlite3');
  const object = join(partial, 'sqlite3.o');
  const shared = ['-O1', '-fPIC', '-w', '-I', sqliteDir];
  const sqlite = [
    ...shared,
    '-c',
    '-std=c99',
    ...defines(sqliteDefines(packageDir)),
    join(sqliteDir, 'sqlite3.c'),
    '-o',
    object,
  ];
  await runCommand({ command: 'cc', args: sqlite }, context);
  const addon = [
    ...[
      ...shared,
      '-shared',
      '-std=c++20',
      '-fno-exceptions',
      '-fvisibility=hidden',
      '-fvisibility-inlines-hidden',
    ],
    ...defines(NODE_API_DEFINES),
    ...['-I', nodeHeadersIn(nodeModules), '-I', join(nodeModules, 'node-addon-api')],
    ...[join(packageDir, 'src', 'better_sqlite3.cpp'), object],
    ...['-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', '-ldl', '-o', join(partial, BINARY)],
  ];
  await runCommand({ command: 'c++', args: addon }, context);
  await rm(object);
}

const defines = (names) => ['NDEBUG', ...names].map((name) => `-D${name}`);
const nodeHeadersIn = (nodeModules) => join(nodeModules, `node-linux-${process.arch}`, 'include', 'node');

// A list in Python's notation: 'NAME' or 'NAME=VALUE'.
function sqliteDefines(packageDir) {
  const listed = readFileSync(join(packageDir, 'deps', 'defines.gypi'), 'utf8').matchAll(
    /'([A-Z_\d]+(?:=[^']*)?)'/g,
  );
  return [...listed].map(([, define]) => define);
}

function fingerprint({ root }) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return fingerprintOf(dependencies['better-sqlite3'], ...NODE_API_DEFINES);
}
