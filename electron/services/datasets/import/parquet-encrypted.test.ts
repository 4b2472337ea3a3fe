import { expect, it } from 'vitest';
import { useBench } from './bench-setup';

const bench = useBench();

/** By pyarrow 26: the column “completion” is encrypted, what the file says of itself is not. */
const ONE_COLUMN =
  'UEFSMRUEFQoVDkwVAhUAEgAABRABAAAAYRUAFRIVFiwVChUQFQYVBhw2ACgBYRgBYRERAAAACSACAAAACgEBCgAqAAAATHciQsazM9IvYvAKiaBs+qmc3R0ftLxHIzgIfu6hUJgxjSVDu5YFYtPaIwAAANuWiEccdIQ+c2l6nqZ3EtYwfEpMjb2yRxeRF2sn8T/LY7vqOQAAALcq0NCz3cXVMk/fvytpDfFe2avkRVzPuyHpcmE2KtquCPeZ5BEO33UyFQ+SLqLrGT9fEtABwLJOrScAAABcHacpzslPdXba9/k+Diul+Kt31hQqGoDfiNIGfpB4PzHKqOg7oAAVBBk8NQAYBnNjaGVtYRUEABUMJQIYBnByb21wdCUATBwAAAAVDCUCGApjb21wbGV0aW9uJQBMHAAAABYKGRwZLCYAHBUMGTUABhAZGAZwcm9tcHQVAhYKFnIWeiYyJggcNgAoAWEYAWEREQAZLBUEFQAVAgAVABUQFQIAPBYKGQYZJgAKAAAAJgAcFQwZNQAGEBkYCmNvbXBsZXRpb24VAhYKFvIBFvoCJqwCJoIBXBYKGQYZJgAKAABcLBkYCmNvbXBsZXRpb24YkgJ7ImtleU1hdGVyaWFsVHlwZSI6IlBLTVQxIiwiaW50ZXJuYWxTdG9yYWdlIjp0cnVlLCJpc0Zvb3RlcktleSI6ZmFsc2UsIm1hc3RlcktleUlEIjoiayIsIndyYXBwZWRERUsiOiJHS1U2amxTZGN5Q0k3RGtBdUN5cy9CTEp3anBQejV3cmFDRk5laWE0YUVtb2VBMzA2TEFGQjRubkZKQT0iLCJkb3VibGVXcmFwcGluZyI6dHJ1ZSwia2V5RW5jcnlwdGlvbktleUlEIjoiaFNlKzY3QjZuMTZKUU9nL2VFcWJLZz09Iiwid3JhcHBlZEtFSyI6ImJIc2pLbFdXSWdLQWczNWNMVXBDdWc9PSJ9AAAYa2cAAAB9RUJ3lrD2lw6mbmbeCnyOWNczytgrg1AS6icSkv9rMg6RHlb80xL8o4/FW3HcZY1HG0o7K/tNLCX+i6aYZD05v6zFjbuk/s6Cz3U/+LNxr+y/yKrMokZ1TLL7LqvzNZymHv8xA3Y5ABbkAhYKJggW9AMUAAAZHBgMQVJST1c6c2NoZW1hGOABLy8vLy82QUFBQUFRQUFBQUFBQUtBQXdBQmdBRkFBZ0FDZ0FBQUFBQkJBQU1BQUFBQ0FBSUFBQUFCQUFJQUFBQUJBQUFBQUlBQUFCRUFBQUFCQUFBQU5ULy8vOEFBQUVGRUFBQUFCd0FBQUFFQUFBQUFBQUFBQW9BQUFCamIyMXdiR1YwYVc5dUFBREkvLy8vRUFBVUFBZ0FCZ0FIQUF3QUFBQVFBQkFBQUFBQUFBRUZFQUFBQUJ3QUFBQUVBQUFBQUFBQUFBWUFBQUJ3Y205dGNIUUFBQVFBQkFBRUFBQUEAGCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAHBwoCPeHzree44+9EgAAGMYCeyJrZXlNYXRlcmlhbFR5cGUiOiJQS01UMSIsImludGVybmFsU3RvcmFnZSI6dHJ1ZSwiaXNGb290ZXJLZXkiOnRydWUsImttc0luc3RhbmNlSUQiOiJERUZBVUxUIiwia21zSW5zdGFuY2VVUkwiOiJERUZBVUxUIiwibWFzdGVyS2V5SUQiOiJrIiwid3JhcHBlZERFSyI6IjBmZ0Y2MHVnaWhtYkZtKzVhL3BRNlg5UFBMSEY0anJXb0lGc1VVZEJDZHFWeHpnWTIrN25qOGZnZ3FvPSIsImRvdWJsZVdyYXBwaW5nIjp0cnVlLCJrZXlFbmNyeXB0aW9uS2V5SUQiOiJoU2UrNjdCNm4xNkpRT2cvZUVxYktnPT0iLCJ3cmFwcGVkS0VLIjoiYkhzaktsV1dJZ0tBZzM1Y0xVcEN1Zz09In0AjKsXMS1wlD4gzupuy15UvJrfK4F4YdNrXlBk/O4EAABQQVIx';

it.each([
  ['all of it', Buffer.from('PARE\0\u0001"what it says of itself"\n"PARE')],
  ['a column', Buffer.from(ONE_COLUMN, 'base64')],
])('says of an encrypted Parquet file what it is and what to do: %s', async (_, bytes) => {
  const { report } = await bench().import(bytes, { name: 'a.parquet' });
  expect(report.problems).toMatchObject([
    {
      type: 'unreadable',
      error: 'The Parquet file is encrypted.',
      suggestion: 'Write it again without encryption, with a program that has its key, and import that.',
    },
  ]);
});

it('takes a text that begins as an encrypted Parquet file does for a text', async () => {
  const { report } = await bench().import('PARENTS and children.\n', { name: 'a.txt' });
  expect(report).toMatchObject({ kind: 'text', usable_records: 1 });
});
