import { act } from 'react';
import { Box } from 'lucide-react';
import { expect, test } from 'vitest';
import { useLocation } from 'wouter';
import { DEFAULT_SETTINGS } from '../lib/types/system';
import type { Settings } from '../lib/types/system';
import { mount } from '../mount';
import { paths } from '../paths';
import type { Entry } from './palette-entry';
import { unasked, useRememberOpened, withOpened } from './recents';

const entry = (id: string, rest: Partial<Entry> = {}): Entry => ({
  id,
  group: 'Actions',
  label: id,
  icon: Box,
  run: () => undefined,
  ...rest,
});

const ALL = [
  entry('new-run'),
  entry('pause one', { onThing: 'one' }),
  entry('one', { group: 'Jobs', path: paths.job('one'), note: 'completed' }),
  entry('two', { group: 'Datasets', path: paths.dataset('two') }),
  entry('three', { group: 'Models', path: paths.model('three'), note: 'version 1' }),
];

const shown = (location: string, opened: readonly string[]) =>
  unasked(ALL, { location, opened }).map(({ group, entries }) => [
    group,
    ...entries.map(({ id, note }) => (note === undefined ? id : `${id}: ${note}`)),
  ]);

test('what was opened last comes first, says what it is, and stands nowhere twice', () => {
  expect(shown(paths.start, [paths.model('three'), paths.dataset('two')])).toEqual([
    ['Recent', 'three: model, version 1', 'two: dataset'],
    ['Actions', 'new-run'],
    ['Jobs', 'one: completed'],
  ]);
});

test('neither the page itself nor what is gone is offered', () => {
  expect(shown(paths.job('one'), [paths.job('one'), paths.job('gone')])).toEqual([
    ['Actions', 'new-run', 'pause one'],
    ['Jobs', 'one: completed'],
    ['Datasets', 'two'],
    ['Models', 'three: version 1'],
  ]);
});

test('keeps the newest of the things that were opened, each once', () => {
  expect(withOpened(['/jobs/1', '/jobs/2'], '/jobs/2')).toEqual(['/jobs/2', '/jobs/1']);
  const many = Array.from({ length: 30 }, (_, index) => `/jobs/${index}`);
  const kept = withOpened(many, '/models/1');
  expect(kept[0]).toBe('/models/1');
  expect(kept.length).toBeLessThan(20);
});

test('a thing that is opened is kept with the settings; a list or a form is not', async () => {
  let kept: Settings = { ...DEFAULT_SETTINGS, recently_opened: ['/jobs/1'] };
  let go: (path: string) => void = () => undefined;
  const Window = () => {
    [, go] = useLocation();
    useRememberOpened();
    return null;
  };
  const page = await mount(<Window />, {
    settings: {
      get: () => kept,
      set: (changes) => {
        kept = { ...kept, ...changes };
        return kept;
      },
    },
  });
  for (const path of ['/jobs', '/new-run/dataset/2', '/models/3', '/settings', '/datasets/4'])
    await act(async () => {
      go(path);
      await Promise.resolve();
    });
  await page.until(() => expect(kept.recently_opened).toEqual(['/datasets/4', '/models/3', '/jobs/1']));
  await page.unmount();
});
