/** One line of a message has room for it. */
const LONGEST = 80;

/** The beginning of words that a person or a file gave, where they are too long for a message. */
export const brief = (words: string): string => {
  const characters = Array.from(words);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : words;
};
