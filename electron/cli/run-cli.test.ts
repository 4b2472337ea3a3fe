import { describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../../src/lib/training/setting-ranges';
import { ColumnRole } from '../../src/lib/types/dataset-reading';
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

  it('names every role that --map takes, and columns without a header', async () => {
    const { out } = await run('datasets', 'import', '--help');
    const words = out.replaceAll(/\s+/gu, ' ');
    expect(words).toContain(`Roles: ${ColumnRole.options.join(', ')}. Columns without a header are #0, #1 …`);
  });

  it.each(['train', 'estimate'])(
    'lists the settings with ranges and defaults in %s --help',
    async (command) => {
      const { code, out } = await run(command, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/learning_rate +0\.0002 +0\.000001 to 0\.01\n/u);
      expect(out).toMatch(/max_steps +none +a whole number from 1 to 1000000, or none\n/u);
      for (const name of SETTING_NAMES) expect(out).toContain(`\n  ${name} `);
    },
  );

  it('ends with 1 where the data cannot be opened', async () => {
    expect((await run('datasets', 'list')).code).toBe(1);
  });
});
