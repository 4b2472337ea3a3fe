/** What a problem suggests; where that is a flag of the command line, the window's own way instead. */
export const withoutFlags = (suggestion: string, instead: string): string =>
  suggestion.includes('--') ? instead : suggestion;
