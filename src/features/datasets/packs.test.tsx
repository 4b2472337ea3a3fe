// @vitest-environment jsdom
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../lib/messages/app-error';
import type { RecordPacks } from '../../lib/types/record-packs';
import type { FakeHandlers } from '../../fake-api';
import { fakeId } from '../../fake-rows';
import { mount } from '../../mount';
import { PackBorders } from './parts/pack-borders';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const document = (index: number, start: number, end: number) => ({
  index,
  record_id: `r${String(index)}`,
  line: index + 1,
  start,
  end,
});
const PACKS: RecordPacks = {
  step: 3,
  budget: 2048,
  packs_of_step: 2,
  packs: [{ number: 1, documents: [document(8, 0, 900), document(4, 900, 1200), document(6, 1200, 1300)] }],
};

const request = {
  id: fakeId(1),
  index: 4,
  base_model_id: fakeId(2),
  max_length: 2048,
  packing: 'on' as const,
};
const open = async (packs: NonNullable<FakeHandlers['datasets']>['packs'], seen: number[] = []) => {
  const borders = (
    <PackBorders
      version="1"
      request={request}
      onPacking={() => undefined}
      onRecord={(index) => seen.push(index)}
    />
  );
  page = await mount(borders, { datasets: { packs } });
};

test('a record says where it lies in its row, and leads to its neighbours', async () => {
  const seen: number[] = [];
  await open(() => PACKS, seen);
  await page.until(() =>
    expect(page.text()).toContain('tokens 901–1,200 of 1,300, in a row of at most 2,048'),
  );
  expect(page.text()).toContain('In step 3 of the first epoch, row 1 of 2');
  await page.click(page.button('line 9: 1–900'));
  expect(seen).toEqual([8]);
});

test('where the tokens are not counted, it says what to do', async () => {
  await open(() => {
    throw new AppError({
      code: 'tokens_not_counted',
      message: 'Not counted.',
      hint: 'Open the page Tokens.',
    });
  });
  await page.until(() => expect(page.text()).toContain('Not counted. Open the page Tokens.'));
});
