interface Matched {
  readonly label: string;
  /** Does something to a thing that has an entry of its own. */
  readonly onThing?: boolean;
}

const AT_START = 1;
const AT_WORD = 0.8;
const INSIDE = 0.4;
/** Below the thing itself where its name is typed. */
const ON_THING = 0.5;

const wordScore = (label: string, word: string): number => {
  const at = label.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return AT_START;
  return label.split(/[^\p{L}\p{N}]+/u).some((one) => one.startsWith(word)) ? AT_WORD : INSIDE;
};

/** How well a label answers what is typed, 0 to 1: each word has to stand in it. */
export const matchScore = ({ label, onThing }: Matched, query: string): number => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const scores = words.map((word) => wordScore(label.toLowerCase(), word));
  const best = scores.includes(0) ? 0 : Math.max(0, ...scores);
  return onThing && best < AT_START ? best * ON_THING : best;
};
