import { expect, it } from 'vitest';
import type { CanonicalMessage, CanonicalRecord, RecordContent } from '../../lib/types/dataset-records';
import { recordTitle } from './record-title';

const user = (content: string): CanonicalMessage => ({ role: 'user', content, trained: false });
const answer = (trained: boolean): CanonicalMessage => ({ role: 'assistant', content: 'So.', trained });
const of = (content: RecordContent): CanonicalRecord => ({ id: 'r', source_line: 1, ...content });

it.each<[string, RecordContent]>([
  [
    'a conversation by how it opens',
    { messages: [user('this'), answer(true), user('Thanks'), answer(true)] },
  ],
  [
    'a pair with its history by its own question',
    { messages: [user('Hello'), answer(false), user('this'), answer(true)] },
  ],
  [
    'a comparison by what is answered',
    {
      prompt: [user('Hello'), answer(false), user('this')],
      chosen: [answer(true)],
      rejected: [answer(true)],
    },
  ],
  [
    'an opening without a question by its first turn',
    { messages: [{ role: 'system', content: 'this', trained: false }, answer(true)] },
  ],
  ['plain text by its beginning', { text: 'this' }],
])('calls %s', (_, content) => {
  expect(recordTitle(of(content))).toBe('this');
});
