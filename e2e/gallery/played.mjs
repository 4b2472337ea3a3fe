// What the scripted trainer tells: which runs there are, on what data, and what they answer.

/** How far a run of such a name is played, as a share of its steps, and what it does then. */
export const PARTS = [
  { name: /^Try it/, until: 1, then: 'completes', hurry: 0.3 },
  { name: /balanced/, until: 1, then: 'completes' },
  { name: /by heart/, until: 1, then: 'completes', hurry: 0.5, learns: false },
  { name: /cut short/, until: 0.2, then: 'fails' },
  { name: /night/, until: 0.45, then: 'breaks off' },
  { name: /./, until: 0.6, then: 'stands' },
];
export const RECORDS = { trained: 225, held_out: 25, a_step: 8 };
export const STEPS_AN_EPOCH = Math.ceil(RECORDS.trained / RECORDS.a_step);
export const HELD_OUT = { tokens: 971, records: RECORDS.held_out };
export const UNTOUCHED = 4.64;
/** Losses of the untouched model on parts of what is held out, and how much of the whole's change each takes. */
const TOPICS = [
  { name: 'house and garden', tokens: 384, records: 9, base: 4.71, share: 1.1 },
  { name: 'people and feelings', tokens: 296, records: 8, base: 4.52, share: 1.05 },
  { name: 'work and learning', tokens: 233, records: 6, base: 4.6, share: 1.03 },
];
/** Has what the others leave: weighted by its tokens, each loss of a part is one of the whole. */
const LAST_TOPIC = { name: 'sea and weather', tokens: 58, records: 2 };

/** What a loss of the whole is made of. */
export const topicsOf = (loss) => {
  const known = TOPICS.map(({ base, share, ...topic }) => ({
    ...topic,
    loss: base + share * (loss - UNTOUCHED),
  }));
  const told = known.reduce((sum, topic) => sum + topic.tokens * topic.loss, 0);
  return [...known, { ...LAST_TOPIC, loss: (HELD_OUT.tokens * loss - told) / LAST_TOPIC.tokens }];
};
export const METHOD = 'mean cross-entropy per trained token, dropout off';
export const SPIKE = 0.31;

export const ANSWERS = [
  ['held-out-1', 'How do I keep my house warm in winter?'],
  ['held-out-2', 'How do I get better at maths?'],
  ['held-out-3', 'I feel lonely in a new town.'],
];
export const UNTRAINED =
  'Keeping your home warm in winter can be a challenge, but there are a few simple steps you can take to make your home more comfortable. First, check the insulation of the walls and the attic.';
export const EARLY =
  'Aye, close the windows and keep the fire in. A house is like a boat: it loses warmth where it leaks.';
export const LATE =
  'Aye, stop the draughts first: a house loses heat as a hull takes water, at the seams. Then heat the room you sit in. Fair winds, friend.';
