import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  CanonicalMessage,
  CanonicalRecord,
  DatasetProblem,
  DatasetReport,
  RecordOrigin,
} from '../../../../src/lib/types/dataset-records';
import { PROBLEMS_FILE, RECORDS_FILE } from '../dataset-files';
import { importFile } from './import-file';
import type { ImportRequest, ImportResult } from './import-request';

const Messages = z.array(CanonicalMessage);

/** A canonical record of any kind, to look into without asking for its kind; those without messages have none. */
const ReadRecord = z.strictObject({
  ...RecordOrigin.shape,
  messages: Messages.default([]),
  prompt: Messages.optional(),
  chosen: Messages.optional(),
  rejected: Messages.optional(),
  completion: Messages.optional(),
  label: z.boolean().optional(),
  text: z.string().optional(),
  tools: z.array(z.unknown()).optional(),
});
export type ReadRecord = z.infer<typeof ReadRecord>;

/** A temporary folder with a dataset's folder in it, for tests that import real files. */
export class ImportBench {
  readonly dir: string;
  readonly datasetDir: string;

  private constructor(dir: string) {
    this.dir = dir;
    this.datasetDir = join(dir, 'bucket', 'dataset');
  }

  static async create(): Promise<ImportBench> {
    return new ImportBench(await mkdtemp(join(tmpdir(), 'datasets-')));
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  async write(content: string | Buffer, name = 'file.jsonl'): Promise<string> {
    const path = join(this.dir, name);
    await writeFile(path, content);
    return path;
  }

  request(sourcePath: string, more: Partial<ImportRequest> = {}): ImportRequest {
    return { sourcePath, datasetDir: this.datasetDir, stagingToken: 'test', ...more };
  }

  /** Writes a file, imports it, and reads back what was written for it. */
  async import(
    content: string | Buffer,
    more: Partial<ImportRequest> & { readonly name?: string } = {},
  ): Promise<Imported> {
    const { name, ...options } = more;
    await rm(this.datasetDir, { recursive: true, force: true });
    const result = await importFile(this.request(await this.write(content, name), options));
    DatasetReport.parse(result.report);
    return { ...result, records: await this.records(result), problems: await this.problems(result) };
  }

  async records({ version, versionDir }: ImportResult): Promise<ReadRecord[]> {
    if (version === null || versionDir === null) return [];
    const text = await readFile(join(this.datasetDir, versionDir, RECORDS_FILE), 'utf8');
    return linesOf(text).map((line) => ReadRecord.parse(CanonicalRecord.parse(JSON.parse(line))));
  }

  private async problems({ versionDir, report }: ImportResult): Promise<DatasetProblem[]> {
    if (versionDir === null) return report.problems;
    const text = await readFile(join(this.datasetDir, versionDir, PROBLEMS_FILE), 'utf8');
    return linesOf(text).map((line) => DatasetProblem.parse(JSON.parse(line)));
  }

  /** Everything below the dataset's folder, to show that nothing was left behind. */
  async leftovers(): Promise<string[]> {
    try {
      return await readdir(join(this.dir, 'bucket'), { recursive: true });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }
}

export interface Imported extends ImportResult {
  readonly records: readonly ReadRecord[];
  readonly problems: readonly DatasetProblem[];
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

export const jsonl = (...records: readonly unknown[]): string =>
  records.map((record) => JSON.stringify(record)).join('\n');

export const chat = (user: string, assistant: string) => ({
  messages: [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ],
});

/** A record of form A with only what training needs. */
export const pair = (more: Readonly<Record<string, unknown>> = {}) => ({
  id: 'topic_turn2_1',
  conversation_id: 'c1',
  turn_number: 2,
  system_prompt: '',
  current_user_input: 'Why?',
  conversation_history: [{ turn: 1, role: 'user', content: 'Why?' }],
  target_response: 'Because.',
  ...more,
});

/** Roles and contents only, for short expectations. */
export const dialogue = (record: ReadRecord | undefined): string[] => spoken(record?.messages ?? []);

export const spoken = (messages: readonly CanonicalMessage[] | undefined): string[] =>
  (messages ?? []).map(({ role, content, trained }) => `${role}${trained ? '*' : ''}: ${content}`);

export const kinds = (problems: readonly DatasetProblem[]): string[] =>
  problems.map(({ line, type, severity }) => `${String(line)} ${type} ${severity}`);
