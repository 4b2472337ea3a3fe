import type { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../../src/lib/messages/app-error';
import type { ImportNews } from './import-news';
import type { CliApp, CliIo } from './io';
import type { Output } from './output/output';

/** What a command works with. */
export interface Workplace {
  readonly app: CliApp;
  readonly io: CliIo;
  readonly output: Output;
  readonly dataDir: string;
  readonly news: ImportNews;
}

export interface Invocation<Options> extends Workplace {
  readonly args: readonly string[];
  readonly options: Options;
}

export interface CommandSpec<Options> {
  /** Name and operands, as commander reads them. */
  readonly usage: string;
  readonly about: string;
  readonly flags?: readonly (readonly [flags: string, about: string])[];
  /** Stands below the help, made only when that is asked for. */
  readonly more?: () => string;
  readonly options: z.ZodType<Options>;
  /** Answers the exit code. */
  run(invocation: Invocation<Options>): Promise<number>;
}

/** What is handed to the file of each group, to hang its commands on the program. */
export interface Registry {
  readonly program: Command;
  readonly add: <Options>(parent: Command, spec: CommandSpec<Options>) => void;
}

export const NoOptions = z.object({});

export const usageError = (message: string, hint = 'Add --help to the command for its words.'): AppError =>
  new AppError({ code: 'invalid_request', message, hint });

/** An operand that commander has made sure of. */
export const operand = (args: readonly string[], index = 0): string => {
  const found = args[index];
  if (found === undefined || found === '') throw usageError('A name or id is missing.');
  return found;
};

const kebab = (name: string): string => name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

/** The options of a command line, checked; a wrong one is named as it was typed. */
export const checkedOptions = <Options>(
  schema: z.ZodType<Options>,
  given: Readonly<Record<string, unknown>>,
): Options => {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0] ?? 'option');
  if (given[name] === undefined) throw usageError(`--${kebab(name)} is missing.`);
  throw usageError(`--${kebab(name)}: ${issue?.message ?? 'not valid'}.`);
};

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu;

export const NumberOption = z.string().regex(NUMBER, 'give a number').transform(Number);
export const WholeNumber = NumberOption.pipe(z.int('give a whole number').min(0, 'give 0 or more'));
