import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { z } from 'zod';
import { Dataset } from '../src/lib/types/lora-training';
import { call } from './app';
import { DESIGNED_PAIRS } from './gallery/designed-pairs';
import type { LaunchedApp } from './launch';

/** Imports the dialogues on money, which repeat their history and name their topics; answers the dataset's id. */
export const importAdvice = async ({ page, dataDir }: LaunchedApp): Promise<string> => {
  const file = join(dataDir, 'Advice on money.jsonl');
  await writeFile(file, DESIGNED_PAIRS);
  const [dataset] = await call(page, { name: 'datasets.import', input: { paths: [file] } }, z.array(Dataset));
  const id = dataset?.id ?? '';
  await expect
    .poll(async () => (await call(page, { name: 'datasets.get', input: { id } }, Dataset)).status)
    .toBe('ready');
  return id;
};
