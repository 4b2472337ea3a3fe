import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsyncRepositories } from '../../db/async-repositories';
import type { ExportChanges } from '../../db/repositories/artifacts';
import type { Publisher } from '../../../src/lib/contract/derived';
import { toErrorPayload } from '../../../src/lib/messages/app-error';
import { notThere } from '../../../src/lib/messages/not-there';
import type { BaseModel } from '../../../src/lib/types/base-model';
import type { ArtifactExport, ExportFormat, ModelArtifact } from '../../../src/lib/types/model-artifact';
import { hashFile } from '../jobs/checkpoint-check';
import { inBucket, MODEL_BUCKET, runDirOf, type Paths } from '../jobs/paths';
import { refused } from '../jobs/refusals';
import { isMissing } from '../trainer/file-errors';
import type { AdapterCheck } from './artifact-maker';
import { identify } from '../trainer/process-identity';
import { failAbandonedExports } from './abandoned-exports';
import { exportTarget } from './export-target';
import { modelCard } from './model-card';
import type { Answers } from '../trainer/one-shot';
import type { Question, TrainerCommands } from './trainer-commands';

export interface ArtifactServiceOptions {
  readonly repositories: Pick<AsyncRepositories, 'artifacts' | 'exports' | 'baseModels'>;
  readonly commands: Pick<TrainerCommands, 'verify' | 'generate' | 'export'>;
  readonly paths: Paths;
  readonly publisher: Publisher;
  readonly now: () => string;
}

const damaged = (name: string): ReturnType<typeof refused> =>
  refused(
    'artifact_damaged',
    `The file ${name} of this model is not the one that was stored.`,
    'Retry its run.',
  );

/** Models that runs have made: kept, checked, tried out and exported. */
export class ArtifactService {
  readonly #options: ArtifactServiceOptions;
  readonly #exporting = new Map<string, ArtifactExport>();

  constructor(options: ArtifactServiceOptions) {
    this.#options = options;
  }

  list(): Promise<ModelArtifact[]> {
    return this.#options.repositories.artifacts.list();
  }

  listDeleted(): Promise<ModelArtifact[]> {
    return this.#options.repositories.artifacts.listDeleted();
  }

  async get(id: string): Promise<ModelArtifact> {
    const artifact = await this.#options.repositories.artifacts.get(id);
    if (!artifact) throw notThere('model', id);
    return artifact;
  }

  /** Every file against its hash, then a load on the base model. Throws `artifact_damaged`. */
  async verify(id: string): Promise<ModelArtifact> {
    const artifact = await this.get(id);
    await this.#checkFiles(artifact);
    const loaded = await this.#options.commands.verify(await this.#folders(artifact));
    if (!loaded.ok)
      throw refused('artifact_damaged', 'The model does not load on its base model.', 'Retry its run.');
    return artifact;
  }

  async rename(id: string, name: string): Promise<ModelArtifact> {
    await this.get(id);
    return this.#changed(await this.#options.repositories.artifacts.update(id, { name }), id);
  }

  /** Out of sight; the files stay until the run is deleted. */
  async delete(id: string): Promise<void> {
    await this.get(id);
    this.#changed(await this.#options.repositories.artifacts.softDelete(id), id);
  }

  async restore(id: string): Promise<ModelArtifact> {
    return this.#changed(await this.#options.repositories.artifacts.update(id, { deleted_at: null }), id);
  }

  async exports(id: string): Promise<ArtifactExport[]> {
    await this.get(id);
    const { exports } = this.#options.repositories;
    await failAbandonedExports(exports);
    return exports.list(id);
  }

  /** Writes and checks an export; the row says how it went, also where it failed. */
  async export({
    id,
    format,
    to,
  }: {
    id: string;
    format: ExportFormat;
    to: string;
  }): Promise<ArtifactExport> {
    const { repositories, paths } = this.#options;
    const artifact = await this.get(id);
    const path = await exportTarget({ format, to, dataDir: paths.dataDir });
    await this.#checkFiles(artifact);
    const { has_chat_template } = await this.#baseModel(artifact.base_model_id);
    const folders = await this.#folders(artifact);
    const made = await repositories.exports.create({
      artifact_id: id,
      format,
      path,
      owner: await identify(process.pid),
    });
    this.#options.publisher.publish('models.export_changed', made);
    this.#exporting.set(made.id, made);
    const card = join(paths.cacheDir, `card-${made.id}.md`);
    let told: Promise<unknown> = Promise.resolve();
    try {
      await mkdir(paths.cacheDir, { recursive: true, mode: 0o700 });
      await writeFile(card, modelCard(artifact, { format, has_chat_template }), { mode: 0o600 });
      const { files, verification } = await this.#options.commands.export({
        ...folders,
        format,
        to: path,
        card,
        onChecking: () => {
          // Settled either way: an export does not fail for a word about how far it is.
          told = Promise.allSettled([this.#exportChanged(made, { status: 'running' })]);
        },
        ...(artifact.job_id === null ? {} : { runDir: runDirOf(paths, artifact.job_id) }),
      });
      await told;
      if (!verification.ok)
        throw refused(
          'export_unverified',
          'The export does not answer as the trained model does.',
          'Export it again.',
        );
      return await this.#exportEnded(made, { status: 'completed', files, verification });
    } catch (error) {
      await this.#exportEnded(made, { status: 'failed', error: toErrorPayload(error).message });
      throw error;
    } finally {
      this.#exporting.delete(made.id);
      await rm(card, { force: true });
    }
  }

  /** At the end of the program, which its trainer's short commands do not outlive. */
  async stop(): Promise<void> {
    for (const made of this.#exporting.values())
      await this.#exportEnded(made, { status: 'failed', error: 'It was stopped before it was done.' });
  }

  /** The same question to the base model and to the adapter. */
  async generate(request: {
    id: string;
    prompt: string;
    max_new_tokens: number;
  }): Promise<{ base: string; adapter: string }> {
    const { prompt, max_new_tokens } = request;
    const { base, adapter } = await this.ask({ id: request.id, prompt, max_new_tokens, compare: true });
    return { base: base ?? '', adapter: adapter ?? '' };
  }

  /** A question to an adapter, beside its base model where `compare` is set. */
  async ask({
    id,
    ...question
  }: { id: string } & Omit<Question, 'baseModelDir' | 'adapterDir' | 'quantization'>): Promise<Answers> {
    return this.#options.commands.generate({ ...question, ...(await this.#folders(await this.get(id))) });
  }

  /** A question to an untouched base model. */
  async askBaseModel({
    id,
    ...question
  }: { id: string } & Omit<
    Question,
    'baseModelDir' | 'adapterDir' | 'quantization' | 'compare'
  >): Promise<Answers> {
    return this.#options.commands.generate({ ...question, baseModelDir: (await this.#baseModel(id)).path });
  }

  #exportEnded(made: ArtifactExport, changes: ExportChanges): Promise<ArtifactExport> {
    return this.#exportChanged(made, { ...changes, completed_at: this.#options.now() });
  }

  async #exportChanged(made: ArtifactExport, changes: ExportChanges): Promise<ArtifactExport> {
    const { repositories, publisher } = this.#options;
    const changed = await repositories.exports.update(made.id, changes);
    if (!changed)
      throw refused('not_found', 'The model was deleted while it was exported.', 'Nothing is left to do.');
    publisher.publish('models.export_changed', changed);
    return changed;
  }

  async #checkFiles(artifact: ModelArtifact): Promise<void> {
    for (const { name, path, size_bytes, sha256 } of artifact.artifacts) {
      const file = inBucket(this.#options.paths, MODEL_BUCKET, path);
      try {
        if ((await stat(file)).size !== size_bytes || (await hashFile(file)) !== sha256) throw damaged(name);
      } catch (error) {
        throw isMissing(error) ? damaged(name) : error;
      }
    }
  }

  async #folders(artifact: ModelArtifact): Promise<AdapterCheck> {
    const adapterDir = inBucket(this.#options.paths, MODEL_BUCKET, artifact.storage_path);
    const { quantization } = artifact.configuration;
    return { adapterDir, baseModelDir: (await this.#baseModel(artifact.base_model_id)).path, quantization };
  }

  async #baseModel(id: string): Promise<BaseModel> {
    const base = await this.#options.repositories.baseModels.get(id);
    if (!base) throw notThere('base model', id);
    return base;
  }

  #changed(artifact: ModelArtifact | null, id: string): ModelArtifact {
    if (!artifact) throw notThere('model', id);
    this.#options.publisher.publish('models.changed', artifact);
    return artifact;
  }
}
