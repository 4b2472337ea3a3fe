import { expect, test } from 'vitest';
import { fakeDataset, fakeVersion } from '../../fake-rows';
import { mount } from '../../mount';
import { RawMetadata } from './parts/raw-metadata';

test('what a file says of itself is shown in its own letters, each part to be copied', async () => {
  const text = '{ "version":  1.0 }';
  const page = await mount(
    <RawMetadata
      dataset={fakeDataset(1)}
      versions={{ kind: 'ready', value: [fakeVersion(1, { is_current: true })] }}
    />,
    {
      datasets: {
        metadata: () => ({
          ...{ archive: 'gzip', encoding: 'utf-16le' },
          members: [{ name: 'training_file_metadata', text, is_cut: false }],
        }),
      },
    },
  );
  await page.until(() => page.button('Copy training_file_metadata'));
  expect(page.find('pre[aria-label=training_file_metadata]').textContent).toBe(text);
  for (const said of ['utf-16le', 'gzip', 'dataset-1.jsonl', fakeVersion(1).sha256])
    expect(page.find('pre[aria-label=File]').textContent).toContain(said);
});
