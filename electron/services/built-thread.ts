import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

/** For tests: the entry of a thread, built into `dir` as the product builds its own. */
export const builtThread = async (entry: string, dir: string): Promise<URL> => {
  const outDir = join(dir, 'out');
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir,
      target: 'node20.18',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  });
  return pathToFileURL(join(outDir, `${basename(entry, '.ts')}.mjs`));
};
