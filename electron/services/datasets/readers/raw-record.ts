import type { Scaffolding } from '../../../../src/lib/types/dataset-records';
import type { ParsedJson } from './parse-json';
import type { TableLayout } from './table-layout';

/** What a document of form B says about all pairs of one conversation. */
export interface ConversationContext {
  readonly conversationId: string;
  readonly scaffolding: Scaffolding;
}

/** The bytes of one record and where they stand in the original file. */
export interface RawRecord {
  readonly line: number;
  /** Column of its first byte, from 1. */
  readonly column: number;
  /** JSON pointer of the record in a document; empty for a line. */
  readonly pointer: string;
  readonly bytes: Buffer;
  readonly tooLong: boolean;
  /** Brackets of the document that are open around it. */
  readonly outerDepth: number;
  readonly context: ConversationContext | null;
  /** What a reader of something other than JSON made of it. */
  readonly parsed?: ParsedJson;
}

/** Columns of a table that has one turn a row. */
export interface TurnColumns {
  readonly conversation: string;
  readonly order: string | null;
  readonly role: string;
  readonly content: string;
}

/** How a file holds its records (formats.md, question 2). */
export type Container =
  | { readonly kind: 'lines' }
  | { readonly kind: 'array' }
  | { readonly kind: 'list'; readonly key: string }
  | { readonly kind: 'bare' }
  | { readonly kind: 'text'; readonly isMarkdown: boolean }
  | { readonly kind: 'table'; readonly layout: TableLayout; readonly turns: TurnColumns | null }
  | {
      readonly kind: 'parquet';
      readonly path: string;
      readonly columns: readonly string[];
      readonly turns: TurnColumns | null;
    }
  | { readonly kind: 'conversations'; readonly key: string; readonly labels?: readonly string[] }
  | {
      readonly kind: 'pairs';
      readonly key: string;
      readonly context: ConversationContext;
      /** The versions and formats that the file says it is of; absent where it says none. */
      readonly labels?: readonly string[];
    };
