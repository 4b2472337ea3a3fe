const PERSONAS = ['anxious_planner', 'busy_founder', 'late_starter'];
const ARCS = ['confusion_to_clarity', 'shame_to_acceptance', 'fear_to_confidence', 'overwhelm_to_plan'];
const TOPICS = ['retirement', 'debt', 'inheritance', 'first_home', 'emergency_fund'];

const ADVICE = [
  'Write down what comes in and what goes out for one month before you change anything at all.',
  'Put three months of rent aside where you cannot reach it with one click, then look at the rest.',
  'Pay the loan with the highest rate first, and send the bank the same sum each month by standing order.',
  'Ask your employer what they add to your pension, because that is the only free money in this letter.',
  'A will is two pages and one afternoon; not having one is two years of work for those whom you love.',
  'Compare the fee of the fund with its index over ten years, and you will seldom want to pay it.',
  'Tell me which of these sums frightens you most, and we shall begin with that one and with no other.',
];

const pick = <Item>(items: readonly Item[], at: number): Item | undefined => items[at % items.length];

const answerTo = (question: number): string => {
  const sentences = Array.from({ length: 3 + ((question * 7) % 26) }, (_, at) =>
    String(pick(ADVICE, question + at * (1 + (question % 5)))).replace('.', `, as in case ${question + at}.`),
  );
  return sentences.join(' ');
};

const pairOf = (number: number, answer = answerTo(number)) =>
  JSON.stringify({
    id: `money_turn2_${number}`,
    conversation_id: `c${number}`,
    turn_number: 2,
    conversation_metadata: {
      persona_archetype: pick(PERSONAS, number % 7),
      emotional_arc_key: pick(ARCS, number),
      training_topic_key: pick(TOPICS, number >> 1),
    },
    system_prompt: 'You are a patient adviser on money.',
    conversation_history: [],
    current_user_input: `Case ${number}: what should I do first about ${String(pick(TOPICS, number >> 1))}, and why that?`,
    target_response: answer,
    training_metadata: { quality_score: 2.5 + ((number * 3) % 6) / 2 },
  });

/** Form A: a design, scores, a few answers given twice with a word changed, some too long for a short limit. */
export const DESIGNED_PAIRS = [
  ...Array.from({ length: 90 }, (_, number) => pairOf(number)),
  ...[4, 11, 18, 25, 32, 39].map((number) => pairOf(200 + number, `${answerTo(number)} Go well.`)),
  pairOf(300, answerTo(4)),
].join('\n');
