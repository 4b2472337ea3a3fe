import { open } from 'node:fs/promises';
import { z } from 'zod';

const Tensor = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

/** Names, types and sizes of a safetensors file; its weights are never read. */
export interface SafetensorsHeader {
  readonly parameters: number;
  readonly dtypes: readonly string[];
  readonly bytes_expected: number;
  /** Input and output width of the linear layers of its blocks, by the last part of their names. */
  readonly linear_layers: Readonly<Record<string, readonly [number, number]>>;
}

/** `model.layers.0.self_attn.q_proj.weight`: a number is the block's. */
const IN_BLOCK = /\.\d+\.(?:.*\.)?([A-Za-z0-9_]+)\.weight$/;

type Named = readonly [name: string, tensor: z.infer<typeof Tensor>];

const linearLayer = ([name, { shape }]: Named): [string, readonly [number, number]][] => {
  const [, last] = IN_BLOCK.exec(name) ?? [];
  const [height, width] = shape;
  if (last === undefined || shape.length !== 2 || height === undefined || width === undefined) return [];
  return [[last, [width, height]]];
};

const parseHeader = (text: string): SafetensorsHeader => {
  const raw = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const named = Object.entries(raw)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, tensor]): Named => [name, Tensor.parse(tensor)]);
  const tensors = named.map(([, tensor]) => tensor);
  const end = Math.max(0, ...tensors.map(({ data_offsets }) => data_offsets[1]));
  return {
    parameters: tensors.reduce((sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1), 0),
    dtypes: [...new Set(tensors.map(({ dtype }) => dtype))],
    linear_layers: Object.fromEntries(named.flatMap(linearLayer)),
    bytes_expected: LENGTH_BYTES + Buffer.byteLength(text) + end,
  };
};

/** Throws where the file is no safetensors file; the caller says what that means. */
export const readSafetensorsHeader = async (path: string): Promise<SafetensorsHeader> => {
  const file = await open(path, 'r');
  try {
    const length = Buffer.alloc(LENGTH_BYTES);
    const { bytesRead } = await file.read(length, 0, LENGTH_BYTES, 0);
    const size = bytesRead === LENGTH_BYTES ? Number(length.readBigUInt64LE()) : 0;
    if (size < 2 || size > MAX_HEADER_BYTES) throw new Error('the header length is not plausible');
    const header = Buffer.alloc(size);
    const read = await file.read(header, 0, size, LENGTH_BYTES);
    if (read.bytesRead !== size) throw new Error('the file ends inside its header');
    return parseHeader(header.toString('utf8'));
  } finally {
    await file.close();
  }
};
