import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli';

const run = async (...argv: string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCli(argv, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    resourcesDir: '/nowhere',
    openApp: () => Promise.reject(new Error('nothing may be opened')),
    onStop: () => () => undefined,
  });
  return { code, out: out.join(''), err: err.join('') };
};

describe('the command line', () => {
  it('answers wrong usage with 2, in words or as JSON', async () => {
    expect((await run('datsets')).code).toBe(2);
    const { code, out, err } = await run('train', '--nonsense', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'invalid_request' } });
    expect(err).toBe('');
  });

  it('answers a wrong option before anything is opened', async () => {
    const { code, err } = await run('demo', '--steps', 'many');
    expect(code).toBe(2);
    expect(err).toContain('--steps');
  });

  it('shows help with 0', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, err: '' });
  });

  it('ends with 1 where the data cannot be opened', async () => {
    expect((await run('datasets', 'list')).code).toBe(1);
  });
});
