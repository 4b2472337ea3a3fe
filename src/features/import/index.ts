export { ImportPage } from './import-page';
export { chooseAndImport, takeFiles } from './take-files';
