/** What an error has not touched, by its code; only where that is certain. */
const SAFE: Readonly<Record<string, string>> = {
  database_locked: 'Your files are untouched; a running job goes on.',
};

export const safeWords = (code: string): string | null => SAFE[code] ?? null;
