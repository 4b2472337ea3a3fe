import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CanonicalRecord } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { RecordText } from './parts/record-text';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const RECORD: CanonicalRecord = {
  id: 'pay-1',
  source_line: 7,
  messages: [
    { role: 'user', content: 'Pay the rent.', trained: false },
    {
      role: 'assistant',
      content: '',
      reasoning_content: 'The rent is due today.',
      tool_calls: [{ type: 'function', function: { name: 'pay', arguments: { amount: 700 } } }],
      trained: true,
    },
  ],
  tools: [{ type: 'function', function: { name: 'pay', description: 'Sends money' } }],
};

beforeEach(async () => {
  page = await mount(
    <RecordText row={{ index: 0, record: RECORD }} isExcluded={false} onAsk={vi.fn()} />,
    {},
  );
});

test('a record shows its calls, its reasoning and the tools that it declares', () => {
  expect(page.text()).toContain('"amount": 700');
  expect(page.text()).toContain('The rent is due today.');
  expect(page.text()).toContain('1 tool declared');
  expect(page.text()).toContain('"description": "Sends money"');
});
