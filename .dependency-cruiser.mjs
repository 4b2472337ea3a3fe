const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

const ELECTRON = '^node_modules/electron/';
const WINDOW = ['^electron/(platform|transport)/', ELECTRON];
/** What stands beside the entries and is shared by them: how parts are put together and named. */
const SHARED = '^electron/(?!(main|preload|cli)\\.ts)[^/]+\\.ts$';
/** Rows for tests, made of the types of `src/lib`. */
const FAKE_ROWS = '^src/fake-rows\\.ts$';

export default {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    forbid(
      'lib-imports-zod-only',
      { path: '^src/lib/', pathNot: '\\.test\\.tsx?$' },
      { pathNot: '^(src/lib/|node_modules/zod/)' },
    ),
    forbid('window-imports-lib-only', { path: '^src/' }, { path: '^electron/' }),
    forbid(
      'window-knows-no-node',
      { path: '^src/', pathNot: ['^src/lib/', '\\.test\\.tsx?$'] },
      { dependencyTypes: ['core'] },
    ),
    forbid('components-know-no-feature', { path: '^src/components/' }, { path: '^src/(features|app)/' }),
    forbid(
      'features-through-their-index',
      { path: '^src/features/([^/]+)/' },
      { path: '^src/features/([^/]+)/', pathNot: ['^src/features/$1/', '/index\\.ts$'] },
    ),
    forbid(
      'app-through-their-index',
      { path: '^src/app/' },
      { path: '^src/features/[^/]+/', pathNot: '/index\\.ts$' },
    ),
    forbid(
      'services-import-lib-and-db',
      { path: '^electron/services/' },
      { path: ['^(electron|src)/', ELECTRON], pathNot: ['^electron/(services|db)/', '^src/lib/', FAKE_ROWS] },
    ),
    forbid(
      'db-stands-alone',
      { path: '^electron/db/' },
      { path: ['^(electron|src)/', ELECTRON], pathNot: ['^electron/db/', '^src/lib/'] },
    ),
    forbid(
      'shared-parts-import-services',
      { path: SHARED },
      {
        path: ['^(electron|src)/', ELECTRON],
        pathNot: ['^electron/(services|db)/', SHARED, '^src/lib/', FAKE_ROWS],
      },
    ),
    forbid('nothing-imports-an-entry', {}, { path: '^electron/(main|preload|cli)\\.ts$' }),
    forbid(
      'entries-compose',
      { pathNot: '^electron/(main|cli|handlers)\\.ts$' },
      { path: '^electron/app\\.ts$' },
    ),
    forbid(
      'the-app-composes-its-parts',
      { path: '^electron/', pathNot: ['^electron/app\\.ts$', '\\.test\\.ts$'] },
      { path: '^electron/(estimates|packs|network-warnings)\\.ts$' },
    ),
    forbid(
      'the-window-is-handled',
      { pathNot: '^electron/main\\.ts$' },
      { path: '^electron/handlers\\.ts$' },
    ),
    forbid(
      'fake-rows-are-for-tests',
      { pathNot: ['\\.test\\.tsx?$', '/testing\\.ts$'] },
      { path: FAKE_ROWS },
    ),
    forbid('cli-needs-no-window', { path: '^electron/cli/' }, { path: WINDOW }),
    // Through whatever it imports.
    forbid('cli-runs-without-window', { path: '^electron/cli\\.ts$' }, { path: WINDOW, reachable: true }),
    forbid('no-unresolved', {}, { couldNotResolve: true, pathNot: '\\?' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|release|resources)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
