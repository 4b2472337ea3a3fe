import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recordLines } from './record-lines';
import type { CanonicalRecord } from './types/dataset-records';

const word = fc.constantFrom('a', 'b', 'call', ': ', ', ', '');
const optional = <Value>(name: string, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: null }).map((made) => (made === null ? {} : { [name]: made }));
const call = fc
  .tuple(optional('id', word), word, fc.constantFrom({}, { x: 1 }, { x: '1' }, [], null))
  .map(([id, name, given]) => ({ ...id, type: 'function' as const, function: { name, arguments: given } }));
const message = fc
  .tuple(
    fc.constantFrom('system', 'user', 'assistant', 'tool'),
    word,
    fc.boolean(),
    fc.tuple(
      optional('reasoning_content', word),
      optional('tool_calls', fc.array(call, { minLength: 1, maxLength: 2 })),
      optional('name', word),
      optional('tool_call_id', word),
    ),
  )
  .map(([role, content, trained, beside]) => Object.assign({ role, content, trained }, ...beside) as object);
const messages = fc.array(message, { minLength: 1, maxLength: 2 });
const tools = optional(
  'tools',
  fc.array(fc.constantFrom({ name: 'f' }, { name: 'g' }), { minLength: 1, maxLength: 2 }),
);
const content = fc.oneof(
  fc.tuple(messages, tools).map(([all, declared]) => ({ messages: all, ...declared })),
  fc.tuple(messages, messages, messages).map(([prompt, chosen, rejected]) => ({ prompt, chosen, rejected })),
  fc
    .tuple(messages, messages, fc.boolean())
    .map(([prompt, completion, label]) => ({ prompt, completion, label })),
  fc.constantFrom({ text: 'a' }, { text: 'b' }),
);
const record = fc
  .tuple(
    content,
    optional('conversation_id', word),
    optional('scaffolding', fc.constantFrom({ persona: 'p' }, { arc: 'p' }, { topic: 't' })),
    optional('quality_score', fc.constantFrom(1, 2.5)),
  )
  .map((parts) => Object.assign({ id: 'r', source_line: 1 }, ...parts) as CanonicalRecord);

it('two records that differ never have the same lines', () => {
  fc.assert(
    fc.property(record, record, (one, other) => {
      fc.pre(!isDeepStrictEqual(one, other));
      expect(recordLines(one)).not.toEqual(recordLines(other));
    }),
    { numRuns: 2000 },
  );
});

it('a call, the list of tools, reasoning and what is trained stand beside the texts', () => {
  const user = { role: 'user', content: 'Pay.', trained: false } as const;
  const call = { type: 'function', function: { name: 'pay', arguments: { amount: 1 } } } as const;
  const answer = {
    role: 'assistant',
    content: '',
    trained: false,
    reasoning_content: 'So.',
    tool_calls: [call],
  } as const;
  const lines = recordLines({
    id: 'r',
    source_line: 1,
    messages: [user, { ...answer, tool_calls: [call] }],
    tools: [{ name: 'pay' }],
  });
  expect(lines.map(({ name, content: said }) => `${name} | ${said}`)).toEqual([
    'tool list | {"name":"pay"}',
    'user | Pay.',
    'assistant: reasoning | So.',
    'assistant, not trained | ',
    'assistant: call | pay {"amount":1}',
  ]);
});
