import { expect, it } from 'vitest';
import type { DatasetProblem } from './dataset-records';
import { gravest } from './dataset-records';

const problem = (severity: DatasetProblem['severity']): DatasetProblem => ({
  ...{ line: 1, path: null, record_id: null, type: 'role_order', severity },
  ...{ error: severity, suggestion: null },
});

it('the reason why nothing can be used is the first error, and what is only doubtful where there is none', () => {
  expect(gravest([problem('warning'), problem('error')])?.error).toBe('error');
  expect(gravest([problem('info'), problem('warning')])?.error).toBe('info');
  expect(gravest([])).toBeUndefined();
});
