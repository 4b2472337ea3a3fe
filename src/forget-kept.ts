import { beforeAll } from 'vitest';
import { forgetKept } from './kept-state';

// Tests share a process: what the pages of one file kept is not for those of the next.
beforeAll(forgetKept);
