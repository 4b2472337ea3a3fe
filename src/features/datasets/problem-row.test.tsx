import { expect, test } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import type { DatasetProblem } from '../../lib/types/dataset-records';
import { mount } from '../../mount';
import { ProblemRow } from './parts/problem-row';
import { useEdits } from './use-edits';

const PROBLEM: DatasetProblem = {
  line: 7,
  path: null,
  record_id: null,
  type: 'role_order',
  severity: 'error',
  error: 'The role “wizard” is not known.',
  suggestion: 'Choose a role for it on the import page, or with --role wizard=user on the command line.',
};

const Row = ({ problem }: { readonly problem: DatasetProblem }) => (
  <ul>
    <ProblemRow edits={useEdits(fakeDataset(1))} problem={problem} />
  </ul>
);

test('a problem suggests what can be done in the window', async () => {
  const page = await mount(<Row problem={PROBLEM} />, { datasets: { versions: () => [] } });
  expect(page.text()).toContain('Import the file again, and say so in the fields of the import page.');
  expect(page.text()).not.toContain('--role');
  await page.unmount();
  const plain = await mount(<Row problem={{ ...PROBLEM, suggestion: 'Fill the turn.' }} />, {
    datasets: { versions: () => [] },
  });
  expect(plain.text()).toContain('Fill the turn.');
});
