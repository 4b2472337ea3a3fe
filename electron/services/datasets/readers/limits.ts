/** Limits of formats.md, question 16. The file limit is a setting; this is its default. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
export const MAX_FILE_BYTES = 500_000_000;
export const MAX_DEPTH = 64;
/** Objects, lists and fields of one record: of the smallest, a line within its limit would take gigabytes. */
export const MAX_PARTS = 200_000;
/** Of a table: each row is an object with all of them. */
export const MAX_COLUMNS = 4096;
/** Bytes read at a time: small enough that a cancel is felt at once. */
export const CHUNK_BYTES = 256 * 1024;
