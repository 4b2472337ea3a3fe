import { join } from 'node:path';
import { build } from 'vite';

/** The importer by itself, built from the sources as they are; answers its file. */
export async function buildImporter(root, outDir) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(root, 'electron', 'services', 'datasets', 'import', 'import-file.ts'),
      outDir,
      target: 'node20.18',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return join(outDir, 'import-file.mjs');
}
