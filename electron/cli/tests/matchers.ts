import { expect } from 'vitest';

// What vitest answers here is `any`.
export const A_TEXT: unknown = expect.any(String);
export const A_NUMBER: unknown = expect.any(Number);
export const A_LIST: unknown = expect.any(Array);
export const textWith = (part: string | RegExp): unknown => expect.stringMatching(part);
export const rowWith = (row: object): unknown => expect.objectContaining(row);
export const listWith = (row: object): unknown => expect.arrayContaining([rowWith(row)]);
