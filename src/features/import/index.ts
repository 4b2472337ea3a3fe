export { ImportPage } from './import-page';
export { ReadingForm } from './parts/reading-form';
export { asWanted } from './reading-changes';
export { chooseAndImport, readAgain, takeFiles } from './take-files';
export { importWords, phaseShare } from './import-words';
