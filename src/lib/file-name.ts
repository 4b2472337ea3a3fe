const LONGEST = 120;

/** A thing's name as part of a file's: only what every file system takes; `fallback` where nothing is left. */
export const fileNameOf = (name: string, fallback: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '')
    .slice(0, LONGEST)
    .replaceAll(/^[. ]+|[. ]+$/g, '') || fallback;
