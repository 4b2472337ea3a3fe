import { buildModule } from './build-module.mjs';

/** A module of the importer by itself; answers its file. */
export const buildImporter = (root, outDir, module = 'import/import-file') =>
  buildModule(root, outDir, `electron/services/datasets/${module}.ts`);
