const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

/** The file, or the process behind a /proc path, is not there. */
export const isMissing = (error: unknown): boolean => hasCode(error, ['ENOENT', 'ENOTDIR', 'ESRCH']);
