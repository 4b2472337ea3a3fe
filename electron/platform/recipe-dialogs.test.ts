import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from '../services/jobs/testing';
import { FolderMemory } from './folder-memory';
import { recipeDialogs } from './recipe-dialogs';
import { rememberingDialogs } from './remembering-dialogs';

let world: World;
let home: string;
beforeEach(async () => {
  world = await openWorld();
  home = await mkdtemp(join(tmpdir(), 'recipes ü '));
  await mkdir(join(home, 'kept'));
});
afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
  await rm(home, { recursive: true, force: true });
});

/** A person who chooses this path in every dialog, or none. */
const choosing = (path: string | null) => {
  const began: (string | undefined)[] = [];
  const saves: Electron.SaveDialogOptions[] = [];
  const memory = new FolderMemory(world.repositories.settings, (thrown) => {
    throw thrown;
  });
  const canceled = path === null;
  const native = {
    open: ({ defaultPath }: Electron.OpenDialogOptions) => {
      began.push(defaultPath);
      return Promise.resolve({ canceled, filePaths: canceled ? [] : [path] });
    },
    save: (options: Electron.SaveDialogOptions) => {
      began.push(options.defaultPath);
      saves.push(options);
      return Promise.resolve({ canceled, filePath: path ?? '' });
    },
  };
  return { ...recipeDialogs(rememberingDialogs(native, memory)), began, saves };
};

it('opens what it saved, and begins in the folder of it', async () => {
  const path = join(home, 'kept', 'mine.json');
  const recipe = { preset: 'balanced', changes: { lora_rank: 64, max_steps: null } } as const;
  const { save_recipe, choose_recipe, began } = choosing(path);
  expect(await save_recipe({ name: 'mine.json', recipe })).toBe(path);
  expect(await choose_recipe()).toEqual({ file_name: 'mine.json', recipe });
  expect(began).toEqual(['mine.json', join(home, 'kept')]);
});

it('does nothing where nobody chose', async () => {
  const { save_recipe, choose_recipe } = choosing(null);
  expect(await choose_recipe()).toBeNull();
  expect(await save_recipe({ name: 'mine.json', recipe: { changes: {} } })).toBeNull();
});

it('says what is wrong with a file that was chosen', async () => {
  await writeFile(join(home, 'x.json'), '{"lora_rank":0}');
  await expect(choosing(join(home, 'x.json')).choose_recipe()).rejects.toMatchObject({
    code: 'invalid_setting',
    message: 'x.json: lora_rank is 0; it may be a whole number from 1 to 256.',
  });
});

it('saves where loading lists it, and asks before it overwrites', async () => {
  const recipe = { changes: { seed: 3 } };
  const { save_recipe, saves } = choosing(join(home, 'kept', 'mine'));
  const path = join(home, 'kept', 'mine.json');
  expect(await save_recipe({ name: 'mine.json', recipe })).toBe(path);
  expect(await readdir(join(home, 'kept'))).toEqual(['mine.json']);
  expect(saves).toMatchObject([
    { properties: ['showOverwriteConfirmation'], filters: [{ extensions: ['json'] }, { extensions: ['*'] }] },
  ]);
  await expect(save_recipe({ name: 'mine.json', recipe: { changes: {} } })).rejects.toMatchObject({
    message: `${path} is there already, so nothing was saved.`,
  });
  expect(await choosing(path).choose_recipe()).toMatchObject({ recipe });
});
