import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkModelFolder } from './check-folder';

const CONFIG = {
  model_type: 'llama',
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 32,
};

const safetensors = (elements: number, shapes: Record<string, number[]> = {}): Buffer => {
  const others = Object.entries(shapes).map(([name, shape]) => [
    name,
    { dtype: 'F32', shape, data_offsets: [0, 0] },
  ]);
  const header = JSON.stringify({
    weight: { dtype: 'F32', shape: [elements], data_offsets: [0, elements * 4] },
    ...Object.fromEntries(others),
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(elements * 4)]);
};

describe('checkModelFolder', () => {
  let folder = '';
  const put = (name: string, content: string | Buffer) => writeFile(join(folder, name), content);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modèle 模型 '));
    await put('config.json', JSON.stringify(CONFIG));
    await put('tokenizer.json', '{}');
    await put('model.safetensors', safetensors(10));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads parameters, type and shape from headers alone', async () => {
    expect(await checkModelFolder(folder)).toMatchObject({
      architecture: 'llama',
      parameters: 10,
      dtype: 'F32',
      has_chat_template: false,
      shape: { hidden_size: 8, num_key_value_heads: 1, head_dim: 4 },
    });
  });

  it('reads the sizes of GPT-2, which have names of their own', async () => {
    const gpt2 = {
      model_type: 'gpt2',
      n_embd: 768,
      n_inner: null,
      n_layer: 12,
      n_head: 12,
      n_positions: 1024,
      vocab_size: 50_257,
    };
    await put('config.json', JSON.stringify(gpt2));
    expect(await checkModelFolder(folder)).toMatchObject({
      architecture: 'gpt2',
      max_position_embeddings: 1024,
      shape: { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
    });
  });

  it('knows the linear layers of the blocks with their widths, and no others', async () => {
    const shapes = {
      'model.embed_tokens.weight': [32, 8],
      'model.layers.0.self_attn.qkv_proj.weight': [16, 8],
      'model.layers.0.input_layernorm.weight': [8],
      'model.layers.1.mlp.down_proj.weight': [8, 24],
      'lm_head.weight': [32, 8],
    };
    await put('model.safetensors', safetensors(10, shapes));
    expect((await checkModelFolder(folder)).linear_layers).toEqual({ qkv_proj: [8, 16], down_proj: [24, 8] });
  });

  it('knows that GPT-2 stores its linear layers the other way round', async () => {
    const config = { model_type: 'gpt2', n_embd: 8, n_layer: 1, n_head: 2, n_positions: 16, vocab_size: 32 };
    await put('config.json', JSON.stringify(config));
    const shapes = {
      'h.0.attn.c_attn.weight': [8, 24],
      'h.0.mlp.c_proj.weight': [32, 8],
      'wpe.weight': [16, 8],
    };
    await put('model.safetensors', safetensors(10, shapes));
    expect((await checkModelFolder(folder)).linear_layers).toEqual({ c_attn: [8, 24], c_proj: [32, 8] });
  });

  it('says of which files its fingerprint is made', async () => {
    await put('README.md', 'not one of them');
    const { hashes } = await checkModelFolder(folder);
    const sha256 = createHash('sha256').update('{}').digest('hex');
    expect(Object.keys(hashes)).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
    expect(hashes['tokenizer.json']).toBe(sha256);
  });

  it('gives another fingerprint when a weight, the tokenizer or the template changes', async () => {
    const before = (await checkModelFolder(folder)).fingerprint;
    expect((await checkModelFolder(folder)).fingerprint).toBe(before);
    await put('chat_template.jinja', '{{ messages }}');
    const withTemplate = await checkModelFolder(folder);
    expect(withTemplate.has_chat_template).toBe(true);
    expect(withTemplate.fingerprint).not.toBe(before);
    const changed = safetensors(10);
    changed.writeFloatLE(1, changed.length - 4);
    await put('model.safetensors', changed);
    expect((await checkModelFolder(folder)).fingerprint).not.toBe(withTemplate.fingerprint);
  });

  const refusals: [string, string, () => Promise<unknown>][] = [
    [
      'pickle weights',
      'base_model_pickle',
      async () => {
        await rm(join(folder, 'model.safetensors'));
        await put('pytorch_model.bin', 'x');
      },
    ],
    [
      'auto_map',
      'base_model_runs_code',
      () => put('config.json', JSON.stringify({ ...CONFIG, auto_map: { AutoModel: 'm.M' } })),
    ],
    [
      'program code',
      'base_model_runs_code',
      () => put('modeling_own.py', `open(${JSON.stringify(join(folder, 'canary'))}, "w")`),
    ],
    [
      'a missing shard',
      'base_model_incomplete',
      () =>
        put(
          'model.safetensors.index.json',
          JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors' } }),
        ),
    ],
    [
      'a shard outside',
      'base_model_unsafe',
      () =>
        put('model.safetensors.index.json', JSON.stringify({ weight_map: { a: '../other.safetensors' } })),
    ],
    ['a truncated shard', 'base_model_incomplete', () => truncate(join(folder, 'model.safetensors'), 90)],
    [
      'a shard that is something else',
      'base_model_incomplete',
      () => put('model.safetensors', 'version https://git-lfs'),
    ],
    ['no tokenizer', 'base_model_incomplete', () => rm(join(folder, 'tokenizer.json'))],
    ['no config', 'base_model_incomplete', () => rm(join(folder, 'config.json'))],
    [
      'an unknown family',
      'base_model_unsupported',
      () => put('config.json', JSON.stringify({ ...CONFIG, model_type: 'whisper' })),
    ],
    ['broken JSON', 'base_model_unreadable', () => put('config.json', '{')],
    [
      'a link out of the folder',
      'base_model_unsafe',
      async () => {
        await rm(join(folder, 'tokenizer.json'));
        await symlink('/etc/hostname', join(folder, 'tokenizer.json'));
      },
    ],
  ];

  it.each(refusals)('refuses %s as %s', async (_what, code, spoil) => {
    await spoil();
    await expect(checkModelFolder(folder)).rejects.toMatchObject({ code });
    expect(existsSync(join(folder, 'canary'))).toBe(false);
  });

  it('refuses a path that does not exist', async () => {
    await expect(checkModelFolder(join(folder, 'none'))).rejects.toMatchObject({
      code: 'base_model_unreadable',
    });
  });
});
