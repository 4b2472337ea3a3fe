import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { previewInWorker } from './worker-preview';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'preview-worker-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const REQUEST = { sourcePath: '/nowhere', datasetDir: '', stagingToken: '' };

const threadOf = async (name: string, text: string): Promise<URL> => {
  const path = join(dir, `${name}.mjs`);
  await writeFile(path, text);
  return pathToFileURL(path);
};

it('I01 ends a look that is caught in one piece of work, and says so', async () => {
  const look = previewInWorker(await threadOf('caught', 'for (;;);'), 300);
  await expect(look(REQUEST, new AbortController().signal)).rejects.toMatchObject({ code: 'look_caught' });
});

it('ends a look that nobody waits for any more', async () => {
  const look = previewInWorker(await threadOf('caught', 'for (;;);'));
  const abort = new AbortController();
  const answer = look(REQUEST, abort.signal);
  abort.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});
