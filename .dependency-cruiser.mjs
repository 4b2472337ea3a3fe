const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

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
      { path: '^src/(app|features|components|api|main)', pathNot: '\\.test\\.tsx?$' },
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
      {
        path: '^(electron/(platform|transport|app|main|preload|cli)|src/(app|features|components|api|main)|node_modules/electron/)',
      },
    ),
    forbid(
      'db-stands-alone',
      { path: '^electron/db/' },
      { path: '^(electron/(services|platform|transport)|node_modules/electron/)' },
    ),
    forbid(
      'cli-needs-no-window',
      { path: '^electron/cli' },
      { path: '^(electron/(platform|transport)/|node_modules/electron/)' },
    ),
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
