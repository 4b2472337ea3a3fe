import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSettings } from '../../../src/lib/training/settings';
import { Dataset } from '../../../src/lib/types/lora-training';
import type { AsyncRepositories } from '../../db/async-repositories';
import { openDatabaseHere } from '../../db/client';
import { readyIn } from '../../db/testing';
import type { Database } from '../../db/client';
import { DatasetPaths } from './dataset-paths';
import { DatasetService } from './dataset-service';
import { previewFile } from './import/preview-file';
import { DatasetPreviews } from './dataset-previews';
import { ReadingMemory } from './reading-memory';
import { importFile } from './import/import-file';
import type { ImportRunner } from './worker-import';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');

const BASE_MODEL = {
  name: 'toy',
  path: '/models/toy',
  architecture: 'llama',
  parameters: 1,
  dtype: 'bfloat16',
  size_bytes: 1,
  fingerprint: '0'.repeat(64),
  has_chat_template: true,
  max_position_embeddings: null,
  config: {
    hidden_size: 1,
    intermediate_size: 1,
    num_hidden_layers: 1,
    num_attention_heads: 1,
    num_key_value_heads: 1,
    head_dim: 1,
    vocab_size: 1,
    tie_word_embeddings: false,
  },
  bundled: false,
  checked_at: '2026-01-02T03:04:05.678Z',
};

interface Published {
  readonly name: string;
  readonly payload: unknown;
}

/** A dataset service on a real database and a real folder, for tests. */
export class ServiceBench {
  readonly dir: string;
  readonly published: Published[] = [];
  private readonly database: Database;

  private constructor(dir: string, database: Database) {
    this.dir = dir;
    this.database = database;
  }

  static async create(): Promise<ServiceBench> {
    const dir = await mkdtemp(join(tmpdir(), 'datasets ü '));
    return new ServiceBench(dir, openDatabaseHere(readyIn(dir)));
  }

  async remove(): Promise<void> {
    await this.database.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  get bucketDir(): string {
    return join(this.dir, 'storage', 'lora-datasets');
  }

  async userDir(): Promise<string> {
    return join(this.bucketDir, (await this.database.profile()).id);
  }

  async repositories(): Promise<AsyncRepositories> {
    return this.database.forUser((await this.database.profile()).id);
  }

  async service(runImport: ImportRunner = importFile): Promise<DatasetService> {
    const { id: userId } = await this.database.profile();
    const repositories = this.database.forUser(userId);
    return new DatasetService({
      repositories,
      publisher: { publish: (name, payload) => this.published.push({ name, payload }) },
      paths: new DatasetPaths({ bucketDir: this.bucketDir, userId, cacheDir: join(this.dir, 'cache') }),
      runImport,
      memory: new ReadingMemory(repositories.settings),
      now: () => '2026-01-02T03:04:05.678Z',
      sample: {
        path: join(REPOSITORY, 'resources', 'samples', 'lighthouse-keeper.jsonl'),
        name: 'Lighthouse keeper',
      },
    });
  }

  async previews(): Promise<DatasetPreviews> {
    const { settings } = await this.repositories();
    return new DatasetPreviews({ runPreview: previewFile, memory: new ReadingMemory(settings) });
  }

  async file(content: string | Buffer, name = 'data.jsonl'): Promise<string> {
    const path = join(this.dir, name);
    await writeFile(path, content);
    return path;
  }

  /** Canonical files in the bucket. */
  async files(): Promise<string[]> {
    const names = await readdir(this.bucketDir, { recursive: true });
    return names.filter((name) => name.endsWith('.jsonl'));
  }

  /** A queued job that uses the current version of a dataset. */
  async makeJob(datasetId: string): Promise<string> {
    const repositories = await this.repositories();
    const version = await repositories.datasetVersions.current(datasetId);
    const model = await repositories.baseModels.upsert(BASE_MODEL);
    const hyperparameters = resolveSettings({
      preset_id: 'balanced',
      changes: {},
      base_model_name: model.name,
      device: 'cpu',
      model_max_length: null,
    });
    const row = {
      id: randomUUID(),
      name: 'Job',
      dataset_id: datasetId,
      base_model_id: model.id,
      base_model_fingerprint: model.fingerprint,
      preset_id: 'balanced',
      method: 'sft',
      hyperparameters,
      gpu_config: { gpu_type: 'cpu', num_gpus: 0, gpu_memory_gb: 0, cost_per_gpu_hour: 0 },
      total_epochs: 1,
      total_steps: 1,
      estimated_total_cost: 0,
      retry_of: null,
      retry_count: 0,
    } as const;
    await repositories.jobs.create(row, [{ dataset_version_id: version?.id ?? '' }]);
    return row.id;
  }

  /** Every dataset that was published as changed, in order. */
  changes(): Dataset[] {
    return this.published
      .filter(({ name }) => name === 'datasets.changed')
      .map(({ payload }) => Dataset.parse(payload));
  }
}
