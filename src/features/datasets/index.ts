export { DatasetPage } from './dataset-page';
export { DatasetsPage } from './datasets-page';
export { chooseAndImport, importPaths } from './import-files';
