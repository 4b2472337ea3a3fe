import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** Packages that carry their own binaries or files and stay beside the bundle. */
const BESIDE_THE_BUNDLE = ['electron', 'better-sqlite3'];

const renderer: UserConfig = {
  root: resolve(root, 'src'),
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: resolve(root, 'dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Read from disk at once, the window's code gains nothing from being cut.
    chunkSizeWarningLimit: 2000,
  },
};

const main: UserConfig = {
  root,
  publicDir: false,
  ssr: { noExternal: true, external: BESIDE_THE_BUNDLE },
  build: {
    ssr: true,
    outDir: resolve(root, 'dist/electron'),
    emptyOutDir: false,
    target: 'node20.18',
    sourcemap: true,
    minify: false,
    rollupOptions: {
      input: {
        main: resolve(root, 'electron/main.ts'),
        cli: resolve(root, 'electron/cli.ts'),
        'database-worker': resolve(root, 'electron/db/worker.ts'),
        'import-worker': resolve(root, 'electron/services/datasets/import-worker.ts'),
        'compare-worker': resolve(root, 'electron/services/datasets/compare-worker.ts'),
        'record-scan-worker': resolve(root, 'electron/services/datasets/record-scan-worker.ts'),
        'run-data-worker': resolve(root, 'electron/services/jobs/run-data-worker.ts'),
        'preview-worker': resolve(root, 'electron/services/datasets/preview-worker.ts'),
      },
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        // write-file-atomic is CommonJS and names its temporary files after its own file.
        intro: 'const __filename = import.meta.filename;',
      },
    },
  },
};

const preload: UserConfig = {
  root,
  publicDir: false,
  ssr: { noExternal: true, external: BESIDE_THE_BUNDLE },
  build: {
    ssr: true,
    outDir: resolve(root, 'dist/electron'),
    emptyOutDir: false,
    target: 'node20.18',
    minify: false,
    rollupOptions: {
      input: { preload: resolve(root, 'electron/preload.ts') },
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
};

const PARTS: Readonly<Record<string, UserConfig>> = { renderer, main, preload };

/** They measure time or memory, which what ran before in the same process would change, or train for real. */
const MEASURED = [
  'electron/**/worker-*.test.ts',
  'electron/**/*speed.test.ts',
  'electron/**/many-datasets.test.ts',
  'electron/**/real-*.test.ts',
  'scripts/setup.test.mjs',
];

/** Tests share a process: each of a hundred files would load the same modules again, minutes in all. */
export default defineConfig(({ mode }) => {
  const part = PARTS[mode];
  if (part) return part;
  return {
    plugins: [react()],
    test: {
      environment: 'node',
      testTimeout: 30_000,
      maxWorkers: 2,
      projects: [
        {
          extends: true,
          test: {
            name: 'apart',
            include: MEASURED,
          },
        },
        {
          extends: true,
          test: {
            name: 'together',
            include: ['{electron,src}/**/*.test.ts', 'scripts/**/*.test.mjs'],
            exclude: MEASURED,
            isolate: false,
          },
        },
        {
          extends: true,
          test: {
            name: 'window',
            include: ['src/**/*.test.tsx'],
            environment: 'jsdom',
            isolate: false,
            setupFiles: ['src/forget-kept.ts'],
          },
        },
      ],
    },
  };
});
