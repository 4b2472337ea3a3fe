/** The last part of a path of any system. */
export const baseName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

const LONGEST = 120;

/** A thing's name as part of a file's: only what every file system takes; `fallback` where nothing is left. */
export const fileNameOf = (name: string, fallback: string): string =>
  name
    .replaceAll(/[^\p{L}\p{N}._ -]/gu, '')
    .slice(0, LONGEST)
    .replaceAll(/^[. ]+|[. ]+$/g, '') || fallback;
