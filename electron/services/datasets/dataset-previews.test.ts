import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilePreview } from './import/preview-file';
import { DatasetPreviews } from './dataset-previews';
import { ReadingMemory } from './reading-memory';
import { ServiceBench } from './service-bench';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.create();
});
afterEach(() => bench.remove());

const TEXT = 'anfrage,auskunft\nWhy?,Because.\n';
const mapping = { user: 'anfrage', assistant: 'auskunft' };

describe('how a file was read', () => {
  it('is remembered for files with the same columns, until it is forgotten', async () => {
    const previews = await bench.previews();
    const service = await bench.service();
    const first = await bench.file(TEXT, 'first.csv');
    const second = await bench.file(`auskunft;anfrage\n${'"So";"How?"\n'.repeat(3)}`, 'second.csv');
    expect(await previews.look(second, null)).toMatchObject({ is_remembered: false, records: [] });
    await service.import([first], { mapping, salvage: true });
    const remembered = await previews.look(second, null);
    expect(remembered).toMatchObject({
      is_remembered: true,
      reading: { mapping },
      report: { usable_records: 3 },
    });
    expect(await previews.look(second, {})).toMatchObject({ is_remembered: false, records: [] });
    await previews.forget(remembered.signature ?? '');
    expect(await previews.look(second, null)).toMatchObject({ is_remembered: false, records: [] });
  });

  it('can be changed where nothing could be used, from the original that was kept', async () => {
    const previews = await bench.previews();
    const service = await bench.service();
    const [failed] = await service.import([await bench.file(TEXT, 'first.csv')]);
    expect(failed?.dataset.status).toBe('error');
    const { path, file_name } = await service.originals.source(failed?.dataset.id ?? '');
    expect(await previews.look(path, { mapping }, file_name)).toMatchObject({
      file_name: 'first.csv',
      report: { usable_records: 1 },
    });
    const [read] = await service.import([path], { mapping, fileName: file_name });
    expect(read?.dataset).toMatchObject({ name: 'first', file_name: 'first.csv', status: 'ready' });
    await expect(service.originals.source('nothing')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not remembered of an import that made nothing, or that was told nothing', async () => {
    const service = await bench.service();
    const path = await bench.file(TEXT, 'first.csv');
    await service.import([path], { mapping: { user: 'nowhere' } });
    await service.import([await bench.file('question,answer\nWhy?,Because.\n', 'told.csv')]);
    const { settings } = await bench.repositories();
    expect(await settings.all()).toEqual({});
  });

  it('is remembered without what may be true of one file only', async () => {
    const previews = await bench.previews();
    const service = await bench.service();
    const one = { encoding: 'windows-1252', stripSeparators: true, systemPrompt: 'Be kind.' };
    await service.import([await bench.file(TEXT, 'first.csv')], { mapping, ...one });
    const second = await bench.file('anfrage,auskunft\nWarum?,Müde.\n', 'second.csv');
    const remembered = await previews.look(second, null);
    expect(remembered).toMatchObject({ is_remembered: true, encoding: 'utf-8' });
    expect(remembered.reading).toEqual({ mapping });
    const { settings } = await bench.repositories();
    const written = { reading: { mapping, encoding: 'windows-1252', system_prompt: 'Be kind.' } };
    await settings.set(`reading ${remembered.signature ?? ''}`, written);
    expect((await previews.look(second, null)).reading).toEqual({ mapping });
  });

  it('is remembered of a table by what it looks like to who knows nothing of it', async () => {
    const previews = await bench.previews();
    const service = await bench.service();
    const headless = { table: { header: false }, mapping: { user: '#1', assistant: '#0' } };
    const path = await bench.file('Because.,Why?\nSo.,How?\n', 'headless.csv');
    const [{ report } = { report: null }] = await service.import([path], headless);
    expect(report).toMatchObject({ usable_records: 2 });
    expect(await previews.look(path, null)).toMatchObject({
      is_remembered: true,
      reading: headless,
      report: { usable_records: 2 },
    });
    const other = await bench.file('What?,That.\nWho?,Me.\n', 'other.csv');
    expect(await previews.look(other, null)).toMatchObject({ is_remembered: false });
    const lines = await bench.file('anfrage|auskunft,more\nWhy?|Because,\n', 'lines.csv');
    await service.import([lines], { table: { delimiter: '|' }, mapping: { text: 'anfrage' } });
    expect(await previews.look(lines, null)).toMatchObject({ is_remembered: true });
  });

  it('is not remembered of a table that looks like none', async () => {
    const previews = await bench.previews();
    const service = await bench.service();
    const headless = { table: { header: false }, mapping: { user: '#1', assistant: '#0' } };
    const text = 'Yes. It is.,Is it?\nNo. Never.,Ever?\n';
    await service.import([await bench.file(text, 'a.txt')], headless);
    const column = { table: { header: false }, mapping: { text: '#0' } };
    await service.import([await bench.file('Yes. It is.\nNo. Never.\n', 'a.csv')], column);
    const prose = await bench.file('Some prose, no table.\n\nAnd more.\n', 'b.txt');
    expect(await previews.look(prose, null)).toMatchObject({ is_remembered: false });
    const { settings } = await bench.repositories();
    expect(await settings.all()).toEqual({});
  });

  it('is forgotten when a person chose to say nothing, and kept when a script said nothing', async () => {
    const previews = await bench.previews();
    const service = await bench.service();
    const text = 'question,answer\nWhy?,Because.\n';
    const path = await bench.file(text, 'first.csv');
    await service.import([path], { mapping: { user: 'answer', assistant: 'question' } });
    await service.import([path]);
    expect(await previews.look(path, null)).toMatchObject({ is_remembered: true });
    await service.import([path], { isChosen: true, encoding: 'utf-8' });
    expect(await previews.look(path, null)).toMatchObject({ is_remembered: false });
  });

  it('is what it was before where the memory cannot be read', async () => {
    const previews = await bench.previews();
    const path = await bench.file(TEXT, 'first.csv');
    const { signature } = await previews.look(path, null);
    const { settings } = await bench.repositories();
    await settings.set(`reading ${signature ?? ''}`, { reading: { mapping: 7 } });
    expect(await previews.look(path, null)).toMatchObject({ is_remembered: false });
  });
});

it('ends an earlier look at a file when a later one is asked for', async () => {
  const started: string[] = [];
  const { settings } = await bench.repositories();
  const previews = new DatasetPreviews({
    memory: new ReadingMemory(settings),
    runPreview: ({ systemPrompt = '' }, signal) =>
      new Promise<FilePreview>((_, reject) => {
        started.push(systemPrompt);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        if (signal.aborted) reject(signal.reason as Error);
      }),
  });
  const first = previews.look('/x', { system_prompt: 'a' });
  const second = previews.look('/x', { system_prompt: 'ab' });
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  const stopped = previews.stop();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  await stopped;
  expect(started.length).toBeLessThanOrEqual(2);
});
