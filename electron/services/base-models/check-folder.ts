import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { AppError } from '../../../src/lib/messages/app-error';
import { isTransposed, type ModelConfig, parseModelConfig } from './model-config';
import { readSafetensorsHeader, type SafetensorsHeader } from './safetensors-header';

const PICKLE = /\.(bin|pt|pth|ckpt|pkl)$/i;
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer.model', 'vocab.json'];
const HASHED =
  /^(config\.json|tokenizer\.json|tokenizer\.model|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt|chat_template\.(jinja|json)|generation_config\.json|.*\.safetensors)$/;
export const isHashed = (name: string): boolean => HASHED.test(name);
const MAX_JSON_BYTES = 64 * 1024 * 1024;

const refuse = (code: string, message: string, hint: string): never => {
  throw new AppError({ code, message, hint });
};

const DOWNLOAD_AGAIN = 'Download the model again, complete and in safetensors form.';

/** What a checked folder holds. `fingerprint` hashes weights, config, tokenizer and template. */
export interface CheckedFolder extends ModelConfig {
  readonly path: string;
  readonly parameters: number;
  readonly dtype: string;
  readonly size_bytes: number;
  readonly fingerprint: string;
  /** SHA-256 of each file that the fingerprint is made of. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly has_chat_template: boolean;
  readonly linear_layers: SafetensorsHeader['linear_layers'];
}

const readJson = async (path: string): Promise<unknown> => {
  const { size } = await stat(path);
  if (size > MAX_JSON_BYTES)
    return refuse('base_model_unreadable', `${path} is too large to be a model's JSON.`, DOWNLOAD_AGAIN);
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return parsed;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown reason';
    return refuse('base_model_unreadable', `${path} is not valid JSON: ${reason}`, DOWNLOAD_AGAIN);
  }
};

const folderNames = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch {
    // Whatever the reason, a folder that cannot be listed cannot be trained.
    return refuse(
      'base_model_unreadable',
      `${folder} is not a folder that can be read.`,
      'Choose the folder that holds config.json.',
    );
  }
};

const refuseCode = async (folder: string, names: readonly string[]): Promise<void> => {
  const script = names.find((name) => name.endsWith('.py'));
  if (script) {
    refuse(
      'base_model_runs_code',
      `The folder holds program code (${script}), which Pipeline never runs.`,
      'Choose a model that needs no code of its own.',
    );
  }
  for (const name of names.filter((each) => each.endsWith('.json') && each.includes('config'))) {
    const parsed = z.record(z.string(), z.unknown()).safeParse(await readJson(join(folder, name)));
    if (parsed.success && 'auto_map' in parsed.data) {
      refuse(
        'base_model_runs_code',
        `${name} asks for code of the model's own (auto_map), which Pipeline never runs.`,
        'Choose a model that transformers supports itself.',
      );
    }
  }
};

const refuseLinksOut = async (folder: string, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const path = join(folder, name);
    if (!(await lstat(path)).isSymbolicLink()) continue;
    const target = await realpath(path).catch(() =>
      refuse(
        'base_model_incomplete',
        `${name} is a link that leads nowhere.`,
        'Copy the real files into one folder.',
      ),
    );
    // A hub cache links `snapshots/x/file` to `blobs/hash` of the same model: that is its usual form.
    const model = join(folder, '..', '..');
    const isCacheBlob =
      target.startsWith(join(model, 'blobs') + sep) && folder.includes(`${sep}snapshots${sep}`);
    if (!target.startsWith(folder + sep) && !isCacheBlob) {
      refuse(
        'base_model_unsafe',
        `${name} is a link that leads out of the folder.`,
        'Copy the real files into one folder.',
      );
    }
  }
};

const shardNames = async (folder: string, names: readonly string[]): Promise<readonly string[]> => {
  const index = 'model.safetensors.index.json';
  if (!names.includes(index)) return names.filter((name) => name.endsWith('.safetensors'));
  const { weight_map } = z
    .object({ weight_map: z.record(z.string(), z.string()) })
    .parse(await readJson(join(folder, index)));
  const shards = [...new Set(Object.values(weight_map))].sort();
  const outside = shards.find((name) => name.includes('/') || name.includes('\\') || name.startsWith('.'));
  if (outside)
    refuse('base_model_unsafe', `The index names a file outside the folder (${outside}).`, DOWNLOAD_AGAIN);
  const missing = shards.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    refuse(
      'base_model_incomplete',
      `${missing.length} of ${shards.length} weight files are missing: ${missing.slice(0, 3).join(', ')}.`,
      DOWNLOAD_AGAIN,
    );
  }
  return shards;
};

const requireParts = (names: readonly string[]): void => {
  if (!names.includes('config.json')) {
    refuse(
      'base_model_incomplete',
      'There is no config.json in this folder.',
      'Choose the folder that holds the model itself.',
    );
  }
  if (!names.some((name) => name.endsWith('.safetensors'))) {
    const pickle = names.find((name) => PICKLE.test(name));
    if (pickle)
      refuse(
        'base_model_pickle',
        `The weights are in pickle form (${pickle}), which can run code when it is read.`,
        'Choose the safetensors version of this model.',
      );
    refuse('base_model_incomplete', 'There are no safetensors weights in this folder.', DOWNLOAD_AGAIN);
  }
  if (!TOKENIZER_FILES.some((name) => names.includes(name))) {
    refuse(
      'base_model_incomplete',
      'There is no tokenizer in this folder.',
      'Add tokenizer.json from where the model came from.',
    );
  }
};

const readWeights = async (folder: string, shards: readonly string[]) => {
  const dtypes = new Set<string>();
  let parameters = 0;
  let size_bytes = 0;
  let linear_layers: SafetensorsHeader['linear_layers'] = {};
  for (const name of shards) {
    const path = join(folder, name);
    const { size } = await stat(path);
    const header = await readSafetensorsHeader(path).catch((cause: unknown) =>
      refuse(
        'base_model_incomplete',
        `${name} is not a whole safetensors file: ${cause instanceof Error ? cause.message : 'unknown reason'}.`,
        DOWNLOAD_AGAIN,
      ),
    );
    if (size < header.bytes_expected) {
      refuse(
        'base_model_incomplete',
        `${name} is cut off: ${size} of ${header.bytes_expected} bytes are there.`,
        DOWNLOAD_AGAIN,
      );
    }
    parameters += header.parameters;
    size_bytes += size;
    linear_layers = { ...linear_layers, ...header.linear_layers };
    header.dtypes.forEach((dtype) => dtypes.add(dtype));
  }
  return { parameters, size_bytes, linear_layers, dtype: [...dtypes].join(', ') };
};

const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
};

/** SHA-256 over the names and hashes of every file that decides what the model computes. */
const fingerprintOf = async (
  folder: string,
  names: readonly string[],
): Promise<Pick<CheckedFolder, 'fingerprint' | 'hashes'>> => {
  const total = createHash('sha256');
  const hashes: Record<string, string> = {};
  for (const name of names.filter(isHashed)) {
    const hash = await hashFile(join(folder, name));
    hashes[name] = hash;
    total.update(`${name}\0${hash}\n`);
  }
  return { fingerprint: total.digest('hex'), hashes };
};

const hasTemplate = async (folder: string, names: readonly string[]): Promise<boolean> => {
  if (names.includes('chat_template.jinja') || names.includes('chat_template.json')) return true;
  if (!names.includes('tokenizer_config.json')) return false;
  const parsed = z
    .object({ chat_template: z.unknown() })
    .safeParse(await readJson(join(folder, 'tokenizer_config.json')));
  return parsed.success && parsed.data.chat_template !== undefined && parsed.data.chat_template !== null;
};

const turned = (layers: SafetensorsHeader['linear_layers']): SafetensorsHeader['linear_layers'] =>
  Object.fromEntries(Object.entries(layers).map(([name, [height, width]]) => [name, [width, height]]));

/** Checks a local model folder without running, or even loading, anything of it. */
export const checkModelFolder = async (chosen: string): Promise<CheckedFolder> => {
  const path = await realpath(chosen).catch(() =>
    refuse('base_model_unreadable', `${chosen} does not exist.`, 'Choose the folder that holds config.json.'),
  );
  const names = await folderNames(path);
  await refuseCode(path, names);
  await refuseLinksOut(path, names);
  requireParts(names);
  const config = parseModelConfig(await readJson(join(path, 'config.json')));
  const weights = await readWeights(path, await shardNames(path, names));
  const linear_layers = isTransposed(config) ? turned(weights.linear_layers) : weights.linear_layers;
  const known = await fingerprintOf(path, names);
  return {
    path,
    ...config,
    ...weights,
    linear_layers,
    ...known,
    has_chat_template: await hasTemplate(path, names),
  };
};
