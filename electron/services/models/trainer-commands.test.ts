import { expect, it } from 'vitest';
import { TrainerCommands } from './trainer-commands';

const CHECK = { adapterDir: '/a', baseModelDir: '/b', quantization: 'nf4' } as const;
const FOLDERS = ['--adapter', '/a', '--base-model', '/b', '--quantization', 'nf4'];

const recorded = () => {
  const asked: (readonly string[])[] = [];
  const record = (argv: readonly string[]): Promise<never> => {
    asked.push(argv);
    return Promise.reject(new Error('only recorded'));
  };
  const commands = new TrainerCommands({
    verify: record,
    mayResume: record,
    export: record,
    generate: record,
    probe: record,
    lrRange: record,
  });
  return { asked, commands };
};

it('tells the trainer in how many bits an adapter saw its base model', async () => {
  const { asked, commands } = recorded();
  const all = [
    commands.verify(CHECK),
    commands.export({ ...CHECK, format: 'zip', to: '/z', card: '/c', onChecking: () => undefined }),
    commands.generate({ ...CHECK, prompt: 'Hi' }),
    commands.generate({ baseModelDir: '/b', prompt: 'Hi' }),
  ];
  await Promise.allSettled(all);
  expect(asked).toEqual([
    FOLDERS,
    [...FOLDERS, '--format', 'zip', '--to', '/z', '--card', '/c'],
    ['--base-model', '/b', '--prompt=Hi', '--adapter', '/a', '--quantization', 'nf4'],
    ['--base-model', '/b', '--prompt=Hi'],
  ]);
});

it('asks of a run with its dataset and base model where they are now', async () => {
  const { asked, commands } = recorded();
  const inputs = { dataset: '/d', base_model: '/b' };
  const { signal } = new AbortController();
  await commands.mayResume({ runDir: '/r', inputs, device: 'cpu', signal }, '/c').catch(() => undefined);
  expect(asked).toEqual([['/r', '--cache-dir', '/c', '--dataset', '/d', '--base-model', '/b']]);
});
