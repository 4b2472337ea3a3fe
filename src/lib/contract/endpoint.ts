import { z } from 'zod';
import { Uuid } from '../types/primitives';

export interface Call<Input extends z.ZodType, Output extends z.ZodType> {
  readonly kind: 'call';
  readonly input: Input;
  readonly output: Output;
}

export interface Event<Payload extends z.ZodType> {
  readonly kind: 'event';
  readonly payload: Payload;
}

/** A request from the window that the main process answers. */
export const call = <Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): Call<Input, Output> => ({ kind: 'call', input, output });

/** News from the main process to the window. */
export const event = <Payload extends z.ZodType>(payload: Payload): Event<Payload> => ({
  kind: 'event',
  payload,
});

export const Nothing = z.void();
export const ById = z.strictObject({ id: Uuid });
