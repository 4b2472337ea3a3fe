import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { reloadWhenGone } from './reload-when-gone';

const page = () => {
  const contents = Object.assign(new EventEmitter(), { reload: vi.fn() });
  reloadWhenGone(contents);
  return {
    reload: contents.reload,
    dies: (reason: string) => contents.emit('render-process-gone', {}, { reason }),
  };
};

it.each(['crashed', 'killed', 'oom'])('loads a page again whose process was %s', (reason) => {
  const { reload, dies } = page();
  expect(reload).not.toHaveBeenCalled();
  dies(reason);
  expect(reload).toHaveBeenCalledOnce();
});

it('leaves a page alone that ended by itself, or that has died three times', () => {
  const { reload, dies } = page();
  dies('clean-exit');
  expect(reload).not.toHaveBeenCalled();
  for (let death = 0; death < 5; death += 1) dies('crashed');
  expect(reload).toHaveBeenCalledTimes(3);
});
