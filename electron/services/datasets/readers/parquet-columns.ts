import { isUtf8 } from 'node:buffer';
import { parquetSchema } from 'hyparquet';
import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import type { Leaf } from './parquet-data-page';
import type { ColumnDecoder, Values } from './parquet-converted';
import { UnreadableText } from './plain-value';

type Parsers = ColumnDecoder['parsers'];

/** A column of a table: of lists and objects, with a leaf for each value in them. */
export interface ParquetColumn {
  readonly name: string;
  readonly leaves: readonly Leaf[];
  /** Its cells of some rows, of what its leaves have for them. */
  readonly assemble: (ofLeaves: readonly Values[]) => Values;
}

/** With the encoding of texts that are no UTF-8. */
export function parquetColumns(metadata: FileMetaData, encoding = 'utf-8'): ParquetColumn[] {
  const root = parquetSchema(metadata);
  return root.children.map((tree) => {
    const { name } = tree.element;
    const parsers = { ...DEFAULT_PARSERS, ...textParsers(elementsOf(tree), encoding) };
    const leaves = leavesOf([root, tree], parsers);
    return { name, leaves, assemble: (ofLeaves) => assembled({ tree, parsers, leaves }, ofLeaves) };
  });
}

/** A name that two columns or fields have, or one of a field that no object can have; null where all are clear. */
export function unclearName(columns: readonly ParquetColumn[]): string | null {
  const fields = columns.flatMap(({ leaves }) => leaves.map(({ decoder }) => decoder.pathInSchema));
  if (fields.some(([, ...below]) => below.includes(PROTOTYPE))) return PROTOTYPE;
  const names = columns.map(({ name }) => name);
  return repeatedIn(names) ?? repeatedIn(fields.map((path) => path.join('.')));
}

/** The library sets it as it sets any other, which gives an object no field. */
const PROTOTYPE = '__proto__';

const repeatedIn = (names: readonly string[]): string | null =>
  names.find((name, index) => names.indexOf(name) < index) ?? null;

function elementsOf({ element, children }: SchemaTree): SchemaElement[] {
  return [element, ...children.flatMap(elementsOf)];
}

/** Texts as they are, or not at all: the library would put U+FFFD for every byte that is no UTF-8. */
function textParsers(elements: readonly SchemaElement[], encoding: string): Pick<Parsers, 'stringFromBytes'> {
  const isText = elements.every((element) => element.type !== 'BYTE_ARRAY' || isDeclaredText(element));
  const decoder = encoding === 'utf-8' ? null : new TextDecoder(encoding);
  return {
    stringFromBytes: (bytes: Uint8Array | undefined) => {
      if (bytes === undefined) return undefined;
      if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      // What nobody called a text may be an image.
      if (!isText) return bytes;
      // The bytes lie in those of a whole page.
      return decoder?.decode(bytes) ?? new UnreadableText(Uint8Array.from(bytes));
    },
  };
}

function isDeclaredText({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === 'UTF8' || logical_type?.type === 'STRING';
}

function leavesOf(schemaPath: SchemaTree[], parsers: Parsers): Leaf[] {
  const { children = [], element, path = [] } = schemaPath.at(-1) ?? {};
  if (children.length > 0) return children.flatMap((child) => leavesOf([...schemaPath, child], parsers));
  if (element?.type === undefined) throw new Error(`the column “${path.join('.')}” has no type`);
  const below = schemaPath.slice(1);
  return [
    {
      // Pages are unpacked before.
      decoder: {
        pathInSchema: path,
        type: element.type,
        element,
        schemaPath,
        parsers,
        codec: 'UNCOMPRESSED',
      },
      maxRepetition: getMaxRepetitionLevel(below),
      maxDefinition: getMaxDefinitionLevel(schemaPath),
    },
  ];
}

interface AssembledColumn {
  readonly tree: SchemaTree;
  readonly parsers: Parsers;
  readonly leaves: readonly Leaf[];
}

function assembled({ tree, parsers, leaves }: AssembledColumn, ofLeaves: readonly Values[]): Values {
  const [only = []] = ofLeaves;
  if (tree.children.length === 0) return only;
  const cells = new Map(
    leaves.map(({ decoder }, index) => [decoder.pathInSchema.join('.'), ofLeaves[index] ?? []]),
  );
  assembleNested(cells, tree, parsers);
  return cells.get(tree.path.join('.')) ?? [];
}
