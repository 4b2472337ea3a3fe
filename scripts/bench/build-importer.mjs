import { join } from 'node:path';
import { build } from 'vite';

/** A module of the importer by itself, built from the sources as they are; answers its file. */
export async function buildImporter(root, outDir, module = 'import/import-file') {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(root, 'electron', 'services', 'datasets', `${module}.ts`),
      outDir,
      emptyOutDir: false,
      target: 'node20.18',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return join(outDir, `${module.split('/').at(-1)}.mjs`);
}
