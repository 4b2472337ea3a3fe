import { expect, test } from 'vitest';
import { fakeDataset, fakeId } from '../../fake-rows';
import type { ImportPreview } from '../../lib/types/import-preview';
import type { Dataset } from '../../lib/types/lora-training';
import { mount } from '../../mount';
import type { ImportFile } from './import-file';
import { FileCard } from './parts/file-card';

const FILE: ImportFile = {
  path: '/data/talk.jsonl',
  reading: null,
  name: null,
  description: '',
  preview: null,
  seen: null,
  signature: null,
  isAlone: false,
  datasetId: null,
};

const open = (file: Partial<ImportFile>, dataset: Dataset, preview?: ImportPreview) =>
  mount(<FileCard file={{ ...FILE, ...file }} />, {
    datasets: { list: () => [dataset], ...(preview && { preview: () => preview }) },
  });

test('while a file is imported it is cancelled, and taken from the list only afterwards', async () => {
  const running = await open({ datasetId: fakeId(1) }, fakeDataset(1, { status: 'validating' }));
  await running.until(() => running.button('Cancel'));
  expect(() => running.button('Remove')).toThrow();
  await running.unmount();
  const done = await open({ datasetId: fakeId(1) }, fakeDataset(1));
  await done.until(() => done.button('Open “Dataset 1”'));
  expect(done.button('Remove talk.jsonl from this list')).toBeDefined();
});
