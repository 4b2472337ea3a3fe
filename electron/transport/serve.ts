import { z } from 'zod';
import { contract } from '../../src/lib/contract/contract';
import type { Call, Event } from '../../src/lib/contract/endpoint';
import { AppError, toErrorPayload } from '../../src/lib/messages/app-error';
import type { ErrorPayload } from '../../src/lib/types/system';
import type { Handlers } from '../../src/lib/contract/derived';

export type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorPayload };

type Endpoint = Call<z.ZodType, z.ZodType> | Event<z.ZodType>;

interface Served {
  readonly input: z.ZodType;
  readonly run: (input: never) => Promise<unknown>;
}

const servedCalls = (handlers: Handlers): ReadonlyMap<string, Served> => {
  const functions: Readonly<Record<string, Readonly<Record<string, (input: never) => Promise<unknown>>>>> =
    handlers;
  const served = new Map<string, Served>();
  const groups: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = contract;
  for (const [group, endpoints] of Object.entries(groups)) {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const run = functions[group]?.[name];
      if (endpoint.kind === 'call' && run) served.set(`${group}.${name}`, { input: endpoint.input, run });
    }
  }
  return served;
};

const refusal = (name: string, error: z.ZodError): AppError =>
  new AppError({
    code: 'invalid_request',
    message: `The request ${name} is not of its form: ${z.prettifyError(error)}`,
    hint: 'This is a fault of the program, not of your data; please report it.',
  });

/** Answers a call by name: validates its input, runs it, and turns every failure into a payload. */
export const createServer = (handlers: Handlers, onFailure: (name: string, thrown: unknown) => void) => {
  const calls = servedCalls(handlers);
  return async (name: unknown, input: unknown): Promise<Reply> => {
    const served = typeof name === 'string' ? calls.get(name) : undefined;
    if (!served || typeof name !== 'string') {
      return { ok: false, error: { code: 'unknown_call', message: 'There is no such request.', hint: '' } };
    }
    try {
      const parsed = served.input.safeParse(input);
      if (!parsed.success) throw refusal(name, parsed.error);
      // The schema of this very endpoint has just accepted the value that its handler takes.
      return { ok: true, value: await served.run(parsed.data as never) };
    } catch (thrown) {
      onFailure(name, thrown);
      return { ok: false, error: toErrorPayload(thrown) };
    }
  };
};
