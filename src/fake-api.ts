import type { z } from 'zod';
import type { Bridge } from './api';
import type { Contract } from './lib/contract/contract';
import type { Call, Event } from './lib/contract/endpoint';
import { toErrorPayload } from './lib/messages/app-error';

type Handler<Endpoint> =
  Endpoint extends Call<infer Input, infer Output>
    ? (input: z.output<Input>) => z.input<Output> | Promise<z.input<Output>>
    : never;

export type FakeHandlers = {
  readonly [Group in keyof Contract]?: {
    readonly [
      Name in keyof Contract[Group] as Contract[Group][Name] extends { kind: 'call' } ? Name : never
    ]?: Handler<Contract[Group][Name]>;
  };
};

type Payload<Group extends keyof Contract, Name extends keyof Contract[Group]> =
  Contract[Group][Name] extends Event<infer Schema> ? z.input<Schema> : never;

export interface FakeApi extends Bridge {
  /** Every call so far, oldest first; subscriptions appear as `on:<name>`. */
  readonly calls: { name: string; input: unknown }[];
  emit<Group extends keyof Contract, Name extends keyof Contract[Group]>(
    group: Group,
    name: Name,
    payload: Payload<Group, Name>,
  ): void;
}

/** A typed double of `window.api`; calls without a handler fail with `not_faked`. */
export const createFakeApi = (handlers: FakeHandlers = {}): FakeApi => {
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  return {
    calls,
    async call(name, input) {
      calls.push({ name, input });
      const [group = '', method = ''] = name.split('.');
      const handler: unknown = Reflect.get(Object(Reflect.get(handlers, group)), method);
      if (typeof handler !== 'function') {
        return {
          ok: false,
          error: { code: 'not_faked', message: `${name} has no handler.`, hint: 'Give the test one.' },
        };
      }
      try {
        return { ok: true, value: await Promise.resolve(Reflect.apply(handler, undefined, [input])) };
      } catch (thrown) {
        return { ok: false, error: toErrorPayload(thrown) };
      }
    },
    on(name, listener) {
      calls.push({ name: `on:${name}`, input: undefined });
      const heard = listeners.get(name) ?? new Set();
      listeners.set(name, heard.add(listener));
      return () => heard.delete(listener);
    },
    pathForFile: (file) => `/data/${file.name}`,
    emit(group, name, payload) {
      listeners.get(`${group}.${String(name)}`)?.forEach((listener) => {
        listener(payload);
      });
    },
  };
};
