import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../src/lib/messages/app-error';

const Journal = z.object({ entries: z.array(z.object({ idx: z.int(), tag: z.string(), when: z.int() })) });
const BREAKPOINT = '--> statement-breakpoint';

export interface Migration {
  readonly tag: string;
  readonly when: number;
  readonly hash: string;
  readonly statements: readonly string[];
}

const broken = (reason: string): AppError =>
  new AppError({
    code: 'migration_mismatch',
    message: `The steps of the database do not fit together: ${reason}. Nothing was changed.`,
    hint: 'Install Pipeline again; its files have been changed.',
  });

const parsed = <Value>(parse: () => Value, reason: string): Value => {
  try {
    return parse();
  } catch (thrown) {
    throw broken(`${reason} (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
};

const readSql = (dir: string, tag: string): Omit<Migration, 'when'> => {
  const raw = parsed(() => readFileSync(join(dir, `${tag}.sql`), 'utf8'), `${tag}.sql is missing`);
  // A checkout on Windows may have other line ends; the step is still the same.
  const sql = raw.replaceAll('\r\n', '\n');
  return { tag, hash: createHash('sha256').update(sql).digest('hex'), statements: sql.split(BREAKPOINT) };
};

/** drizzle's journal and files, in order, none missing and none left over. */
export const readMigrations = (dir: string): readonly Migration[] => {
  const { entries } = parsed(
    () => Journal.parse(JSON.parse(readFileSync(join(dir, 'meta', '_journal.json'), 'utf8'))),
    'the journal cannot be read',
  );
  for (const [index, { idx, tag, when }] of entries.entries()) {
    const previous = entries[index - 1];
    if (idx !== index || (previous !== undefined && previous.when >= when)) {
      throw broken(`${tag} is out of order`);
    }
  }
  const known = new Set(entries.map(({ tag }) => `${tag}.sql`));
  const stray = readdirSync(dir).find((name) => name.endsWith('.sql') && !known.has(name));
  if (stray !== undefined) throw broken(`${stray} is not in the journal`);
  return entries.map(({ tag, when }) => ({ ...readSql(dir, tag), when }));
};
