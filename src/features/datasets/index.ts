export { DatasetPage } from './dataset-page';
export { DatasetsPage } from './datasets-page';
export { chooseAndImport, importPaths, importSample } from './import-files';
