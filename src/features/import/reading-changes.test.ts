import { expect, it } from 'vitest';
import { changedReading, rolesByColumn, withRole, withRoleName } from './reading-changes';

const roles = { user: 'frage', assistant: 'auskunft' };

it('gives a role to one column only, and takes it from a column', () => {
  expect(withRole(roles, 'hinweis', 'system')).toEqual({ ...roles, system: 'hinweis' });
  expect(withRole(roles, 'hinweis', 'user')).toEqual({ user: 'hinweis', assistant: 'auskunft' });
  expect(withRole(roles, 'frage', 'chosen')).toEqual({ chosen: 'frage', assistant: 'auskunft' });
  expect(withRole(roles, 'frage', null)).toEqual({ assistant: 'auskunft' });
});

it('tells which role a column plays', () => {
  expect(rolesByColumn({ ...roles, nonsense: 'x' }).get('frage')).toBe('user');
  expect(rolesByColumn({ nonsense: 'x' }).size).toBe(0);
});

it('leaves out what says nothing', () => {
  const reading = changedReading({ encoding: 'utf-16le' }, { system_prompt: 'Be kind.', salvage: true });
  expect(reading).toEqual({ encoding: 'utf-16le', system_prompt: 'Be kind.', salvage: true });
  expect(
    changedReading(reading, { system_prompt: '', salvage: false, encoding: undefined, mapping: {} }),
  ).toEqual({});
  expect(withRoleName({}, 'kunde', 'user')).toEqual({ role_names: { kunde: 'user' } });
});
