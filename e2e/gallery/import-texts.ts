const QUESTIONS = [
  'May I open an account for my daughter?',
  'How long does a transfer to Norway take?',
  'Which papers do I need for a mortgage?',
  'Why was my card declined abroad?',
  'Can I change the day on which the rate is drawn?',
];

const answerTo = (question: string): string =>
  `That depends on the contract. For “${question}” the branch keeps a sheet with the steps; the first is a call, the second a signed form.`;

const good = QUESTIONS.map((question) =>
  JSON.stringify({
    messages: [
      { role: 'system', content: 'You answer for a small savings bank.' },
      { role: 'user', content: question },
      { role: 'assistant', content: answerTo(question) },
    ],
  }),
);

const BAD = [
  '{"messages": [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "  "}]}',
  '{"messages": [{"role": "client", "content": "Hello?"}, {"role": "assistant", "content": "Good day."}]}',
  '{"messages": [{"role": "user", "content": "Hello?"',
];

/** Chat records, of which three have a fault. */
export const GOOD_AND_BAD = `${[...good, ...BAD, ...good].join('\n')}\n`;

export const STRANGE_ROWS = QUESTIONS.map(
  (question, index) => `${1000 + index};"${question}";"${answerTo(question)}";open\n`,
).join('');

/** A table of which no column says what it is. */
export const STRANGE_TABLE = `id;anfrage;auskunft;stand\n${STRANGE_ROWS}`;
