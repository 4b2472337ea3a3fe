import { afterEach, expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import { mount } from '../../mount';
import { useEdits } from './use-edits';

let page: Awaited<ReturnType<typeof mount>>;
afterEach(() => page.unmount());

const Asker = () => {
  const edits = useEdits(fakeDataset(1));
  const asked = edits.asked !== null && edits.asked !== 'fixes' ? edits.asked : null;
  return (
    <>
      <button type="button" onClick={() => void edits.askOverLimit(fakeId(2), 1024)}>
        Ask
      </button>
      <p>{asked ? `${asked.kind} ${String(asked.ids.length)}: ${asked.which}` : 'nothing'}</p>
    </>
  );
};

test('all records over a limit are asked about, also beyond those that are listed', async () => {
  const ids = Array.from({ length: 2500 }, (_, index) => `r${String(index)}`);
  page = await mount(<Asker />, {
    datasets: {
      versions: () => [],
      over_limit: () => ({ ids, indexes: ids.map((_, index) => index), truncated: false }),
    },
  });
  await page.click(page.button('Ask'));
  await page.until(() => expect(page.text()).toContain('exclude 2500: All longer than 1,024 tokens.'));
});
