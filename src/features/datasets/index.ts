export { DatasetPage } from './dataset-page';
export { datasetState } from './dataset-words';
export { DatasetsPage } from './datasets-page';
export { importSample } from './import-files';
