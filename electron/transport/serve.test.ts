import { describe, expect, it, vi } from 'vitest';
import { contract } from '../../src/lib/contract/contract';
import { AppError } from '../../src/lib/messages/app-error';
import type { Handlers } from '../../src/lib/contract/derived';
import { createServer } from './serve';

const nothing = () => Promise.reject(new Error('not under test'));
const allCalls = Object.fromEntries(
  Object.entries(contract).map(([group, endpoints]) => [
    group,
    Object.fromEntries(Object.keys(endpoints).map((name) => [name, nothing])),
  ]),
) as unknown as Handlers;

const serveSettings = (get: Handlers['settings']['get'], set: Handlers['settings']['set']) => {
  const failed = vi.fn();
  const answer = createServer({ ...allCalls, settings: { get, set } }, failed);
  return { answer, failed };
};

describe('createServer', () => {
  it('refuses an unknown name, also one that every object has', async () => {
    const { answer } = serveSettings(nothing, nothing);
    for (const name of ['settings.drop', 'constructor.name', '__proto__.x', 42, null]) {
      expect(await answer(name, undefined)).toMatchObject({ ok: false, error: { code: 'unknown_call' } });
    }
  });

  it('refuses an event asked for as if it were a call', async () => {
    const { answer } = serveSettings(nothing, nothing);
    expect(await answer('settings.changed', undefined)).toMatchObject({
      ok: false,
      error: { code: 'unknown_call' },
    });
  });

  it('never runs a handler with an input that its schema refuses', async () => {
    const set = vi.fn(nothing);
    const { answer } = serveSettings(nothing, set);
    expect(await answer('settings.set', { price_per_kwh: 'free' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request' },
    });
    expect(set).not.toHaveBeenCalled();
  });

  it('carries a coded failure with its hint across', async () => {
    const failure = new AppError({
      code: 'disk_full',
      message: 'The disk is full.',
      hint: 'Free some space.',
    });
    const { answer, failed } = serveSettings(() => Promise.reject(failure), nothing);
    expect(await answer('settings.get', undefined)).toEqual({
      ok: false,
      error: { code: 'disk_full', message: 'The disk is full.', hint: 'Free some space.' },
    });
    expect(failed).toHaveBeenCalledWith('settings.get', failure);
  });
});
