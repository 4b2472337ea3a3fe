import type { z } from 'zod';
import type { Contract } from './contract';
import type { Call, Event } from './endpoint';

type AnyCall = Call<z.ZodType, z.ZodType>;
type AnyEvent = Event<z.ZodType>;

type CallsOf<Group> = {
  readonly [Name in keyof Group as Group[Name] extends AnyCall ? Name : never]: Group[Name] extends Call<
    infer Input,
    infer Output
  >
    ? (input: z.output<Input>) => Promise<z.input<Output>>
    : never;
};

/** One function for every call of the contract. */
export type Handlers = { readonly [Group in keyof Contract]: CallsOf<Contract[Group]> };

type EventName = {
  [Group in keyof Contract]: {
    [Name in keyof Contract[Group] & string]: Contract[Group][Name] extends AnyEvent
      ? `${Group}.${Name}`
      : never;
  }[keyof Contract[Group] & string];
}[keyof Contract];

type PayloadOf<Name extends EventName> = Name extends `${infer Group extends keyof Contract}.${infer Key}`
  ? Key extends keyof Contract[Group]
    ? Contract[Group][Key] extends Event<infer Payload>
      ? z.input<Payload>
      : never
    : never
  : never;

/** Where services say what changed; the window and the command line both listen. */
export interface Publisher {
  publish<Name extends EventName>(name: Name, payload: PayloadOf<Name>): void;
}
