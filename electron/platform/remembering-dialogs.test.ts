import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from '../services/jobs/testing';
import { FolderMemory } from './folder-memory';
import { rememberingDialogs } from './remembering-dialogs';

let world: World;
let home: string;
const failures: unknown[] = [];

beforeEach(async () => {
  world = await openWorld();
  home = await mkdtemp(join(tmpdir(), 'folders ü '));
  await mkdir(join(home, 'data'));
  failures.length = 0;
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
  await rm(home, { recursive: true, force: true });
});

/** A person who takes what is offered here, and what each dialog began with. */
const dialogs = (chosen: { paths: string[]; canceled?: boolean }) => {
  const began: (string | undefined)[] = [];
  const { paths, canceled = false } = chosen;
  const memory = new FolderMemory(world.repositories.settings, (thrown) => failures.push(thrown));
  const native = {
    open: ({ defaultPath }: Electron.OpenDialogOptions) => {
      began.push(defaultPath);
      return Promise.resolve({ canceled, filePaths: paths });
    },
    save: ({ defaultPath }: Electron.SaveDialogOptions) => {
      began.push(defaultPath);
      return Promise.resolve({ canceled, filePath: paths[0] ?? '' });
    },
  };
  return { ...rememberingDialogs(native, memory), began };
};

const restart = async (): Promise<void> => {
  await world.close();
  world = await openWorld({ dir: world.dir });
};

it('begins where the last dialog of its kind ended, also after a restart', async () => {
  const file = join(home, 'data', 'a.jsonl');
  const first = dialogs({ paths: [file, join(home, 'data', 'b.jsonl')] });
  expect(await first.open('data', {})).toEqual([file, join(home, 'data', 'b.jsonl')]);
  await restart();
  const second = dialogs({ paths: [join(home, 'out.csv')] });
  await second.open('base_model', {});
  await second.open('data', {});
  expect(await second.save('save', 'out.csv', { title: 'Save' })).toBe(join(home, 'out.csv'));
  await second.save('save', 'next.csv', { title: 'Save' });
  expect(first.began).toEqual([undefined]);
  expect(second.began).toEqual([undefined, join(home, 'data'), 'out.csv', join(home, 'next.csv')]);
});

it('keeps nothing of a dialog in which nobody chose', async () => {
  const left = dialogs({ paths: [], canceled: true });
  expect(await left.open('data', {})).toEqual([]);
  expect(await left.save('data', 'out.csv', { title: 'Save' })).toBeNull();
  expect(left.began).toEqual([undefined, 'out.csv']);
});

it('does not begin in a folder that is gone', async () => {
  const known = dialogs({ paths: [join(home, 'data', 'a.jsonl')] });
  await known.open('data', {});
  await rm(join(home, 'data'), { recursive: true });
  await known.open('data', {});
  expect(known.began).toEqual([undefined, undefined]);
  expect(failures).toEqual([]);
});

it('answers what was chosen also where it cannot be remembered, and tells why', async () => {
  const failure = new Error('no room');
  const refuse = () => Promise.reject(failure);
  const told: unknown[] = [];
  const memory = new FolderMemory({ all: refuse, set: refuse }, (thrown) => told.push(thrown));
  const native = {
    open: () => Promise.resolve({ canceled: false, filePaths: ['/data/a.jsonl'] }),
    save: () => Promise.resolve({ canceled: true, filePath: '' }),
  };
  expect(await rememberingDialogs(native, memory).open('data', {})).toEqual(['/data/a.jsonl']);
  expect(told).toEqual([failure, failure]);
});
