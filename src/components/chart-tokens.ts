export type SeriesNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** A design token as the canvas needs it: resolved for the theme of the moment. */
export const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const pixels = (name: string): number => Number.parseFloat(token(name)) || 0;

export const seriesColour = (number: SeriesNumber): string => token(`--series-${number}`);

export const dashOf = (number: SeriesNumber): number[] => {
  const dash = token(`--series-${number}-dash`);
  return dash === 'none' ? [] : dash.split(' ').map(Number);
};

export const smallFont = () => ({
  family: token('--font-sans'),
  size: pixels('--text-xs'),
  weight: 'normal' as const,
});

/** A character's width as a share of the text's size, for what is measured before it is drawn. */
const CHARACTER = 0.58;

export const widthOf = (text: string): number => text.length * pixels('--text-xs') * CHARACTER;

/** What stands between a mark and its text at most. */
export const ASIDE = 32;
