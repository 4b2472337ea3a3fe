import type { z } from 'zod';
import { contract } from './lib/contract/contract';
import type { Contract } from './lib/contract/contract';
import type { Call, Event } from './lib/contract/endpoint';
import { AppError } from './lib/messages/app-error';
import type { ErrorPayload } from './lib/types/system';

export type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorPayload };

/** What the preload script puts on the window: names and values, no knowledge of the contract. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Reply>;
  on(name: string, listener: (payload: unknown) => void): () => void;
  pathForFile(file: File): string;
}

declare global {
  interface Window {
    api: Bridge;
  }
}

type AnyCall = Call<z.ZodType, z.ZodType>;
type AnyEvent = Event<z.ZodType>;
type Pascal<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Capitalize<Head>}${Pascal<Tail>}`
  : Capitalize<Name>;
type MethodName<Name, Endpoint> = Endpoint extends AnyEvent ? `on${Pascal<Name & string>}` : Name & string;
type Method<Endpoint> =
  Endpoint extends Call<infer Input, infer Output>
    ? (input: z.input<Input>) => Promise<z.output<Output>>
    : Endpoint extends Event<infer Payload>
      ? (listener: (payload: z.output<Payload>) => void) => () => void
      : never;

/** `api.jobs.list()` for every call of the contract, `api.jobs.onChanged(fn)` for every event. */
export type Api = {
  readonly [Group in keyof Contract]: {
    readonly [Name in keyof Contract[Group] as MethodName<Name, Contract[Group][Name]>]: Method<
      Contract[Group][Name]
    >;
  };
};

export const createApi = (bridge: () => Bridge): Api => {
  const methods = ([group, endpoints]: [string, Readonly<Record<string, AnyCall | AnyEvent>>]) => [
    group,
    Object.fromEntries(
      Object.entries(endpoints).map(([name, endpoint]) => [
        methodName(name, endpoint),
        method(bridge, `${group}.${name}`, endpoint),
      ]),
    ),
  ];
  const client: unknown = Object.fromEntries(Object.entries(contract).map(methods));
  if (!isApi(client)) throw new Error('The client does not cover the contract.');
  return client;
};

/** Where a dropped or picked file lies on disk; empty for what is not a file. */
export const pathForFile = (file: File): string => window.api.pathForFile(file);

const method = (bridge: () => Bridge, name: string, endpoint: AnyCall | AnyEvent): unknown =>
  endpoint.kind === 'call'
    ? async (input: unknown) => {
        const reply = await bridge().call(name, input);
        if (!reply.ok) throw new AppError(reply.error);
        return endpoint.output.parse(reply.value);
      }
    : (listener: (payload: unknown) => void) =>
        bridge().on(name, (payload) => {
          listener(endpoint.payload.parse(payload));
        });

const methodName = (name: string, endpoint: AnyCall | AnyEvent): string =>
  endpoint.kind === 'call' ? name : `on${name.split('_').map(capitalised).join('')}`;

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Checks what the mapped type promises: each endpoint has its method. */
const isApi = (client: unknown): client is Api =>
  Object.entries(contract).every(([group, endpoints]) => {
    const methods: unknown = Reflect.get(Object(client), group);
    const named = Object.entries<AnyCall | AnyEvent>(endpoints);
    return named.every(
      ([name, endpoint]) => typeof Reflect.get(Object(methods), methodName(name, endpoint)) === 'function',
    );
  });

// Last, because building it runs the functions above.
export const api = createApi(() => window.api);
