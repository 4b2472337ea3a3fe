import { expect, test } from 'vitest';
import type { DoctorCheck } from '../../lib/types/system';
import { startVerdict } from './start-verdict';

const check = (id: DoctorCheck['id'], level: DoctorCheck['level']): DoctorCheck => ({
  id,
  ok: level !== 'failed',
  level,
  title: id,
  message: `${id} ${level}`,
  hint: null,
});

const PASSED = (['gpus', 'runtime', 'disk'] as const).map((id) => check(id, 'passed'));

test('says that all is well only of checks that were made', () => {
  expect(startVerdict(PASSED, 'made')).toEqual({
    title: 'Ready to train on this machine',
    says: 'All checks passed.',
  });
  expect(startVerdict([], 'running').says).toBe('Looking at this machine…');
  expect(startVerdict([], 'failed')).toEqual({
    title: 'This machine was not checked',
    says: 'Whether it can train is not known until the checks run.',
  });
});

test('counts what needs a look and what failed', () => {
  const look = [check('disk', 'look'), ...PASSED.slice(0, 2)];
  expect(startVerdict(look, 'made').says).toBe('2 checks passed, 1 needs a look.');
  const noCard = [check('gpus', 'not_needed'), check('disk', 'look'), check('runtime', 'passed')];
  expect(startVerdict(noCard, 'made').says).toBe('1 check passed, 1 needs a look.');
  const failed = [check('runtime', 'failed'), check('gpus', 'passed'), check('disk', 'passed')];
  expect(startVerdict(failed, 'made')).toEqual({
    title: 'Not ready to train yet',
    says: '1 of 3 checks failed; each says the one thing to do.',
  });
});
