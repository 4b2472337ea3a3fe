import { expect } from 'vitest';

/** A text with this part in it, typed. */
export const textWith = (part: string): unknown => expect.stringContaining(part);
