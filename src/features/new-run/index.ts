export { FIELDS, shownValue } from './drafts';
export type { FieldSpec } from './drafts';
export { NewRunPage } from './new-run-page';
