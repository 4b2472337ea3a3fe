export { ImportPage } from './import-page';
export { chooseAndImport, readAgain, takeFiles } from './take-files';
export { importWords, phaseShare } from './import-words';
