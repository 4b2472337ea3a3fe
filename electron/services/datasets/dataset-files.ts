import { join } from 'node:path';

export const RECORDS_FILE = 'dataset.jsonl';
export const RECORDS_INDEX_FILE = 'records.idx';
/** Beside the records of an edit that is only looked at: those that its fixes save, as they were read. */
export const AS_READ_FILE = 'as-read.jsonl';
/** What made the version; the database has it too, and may be lost. */
export const RECIPE_FILE = 'recipe.json';
/** Records that were left out of the file before, as they stand in this one: no version of it has used them. */
export const CARRIED_FILE = 'carried.jsonl';
export const PROBLEMS_FILE = 'problems.jsonl';
/** Named without the user's words: no name of theirs in a path. */
export const SOURCE_FILE = 'source';

const STAGING_PREFIX = '.staging-';

export function versionPath(sha256: string): string {
  return join('versions', sha256);
}

export function stagingName(token: string): string {
  return `${STAGING_PREFIX}${token}`;
}

export function isStagingName(name: string): boolean {
  return name.startsWith(STAGING_PREFIX);
}
