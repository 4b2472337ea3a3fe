import { basename, join } from 'node:path';
import { build } from 'vite';

/** One module of the sources by itself, built as they are; answers its file. */
export async function buildModule(root, outDir, source) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(root, source),
      outDir,
      emptyOutDir: false,
      target: 'node20.18',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return join(outDir, `${basename(source, '.ts')}.mjs`);
}
