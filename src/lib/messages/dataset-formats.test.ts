import { expect, it } from 'vitest';
import { fakeDataset } from '../../fake-rows';
import { recognisedFormat, shapeWords } from './dataset-formats';

const { report } = fakeDataset(1);
const reported = report ?? expect.fail('a dataset of the tests has a report');
const unrecognised = fakeDataset(2, {
  format: 'brightrun_lora_v4',
  status: 'error',
  report: { ...reported, format: null, usable_records: 0 },
});

it('takes no default of the database for what a file is', () => {
  expect(recognisedFormat(unrecognised)).toBeNull();
  expect(shapeWords(unrecognised)).toBe('not recognised');
});

it('says nothing yet of a file that is being read', () => {
  const reading = { ...unrecognised, status: 'validating', report: null } as const;
  expect(recognisedFormat(reading)).toBeNull();
  expect(shapeWords(reading)).toBeNull();
});

it('knows that of a dataset that was read in again from its folder, which has no report', () => {
  const again = fakeDataset(1, { format: 'chat', status: 'ready', report: null });
  expect(recognisedFormat(again)).toBe('chat');
  expect(shapeWords(again)).toBe('chat messages');
});
