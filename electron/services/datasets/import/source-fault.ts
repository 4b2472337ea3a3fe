import type { ProblemType } from '../../../../src/lib/types/dataset-records';
import { formatBytes, formatCount } from '../../../../src/lib/messages/format';
import { MAX_COLUMNS } from '../readers/limits';

/** Why a whole file cannot be imported; becomes the one problem of its report. */
export class SourceFault extends Error {
  readonly type: ProblemType;
  readonly suggestion: string;

  constructor(
    type: ProblemType,
    { error, suggestion }: { readonly error: string; readonly suggestion: string },
  ) {
    super(error);
    this.name = 'SourceFault';
    this.type = type;
    this.suggestion = suggestion;
  }

  static folder(): SourceFault {
    return new SourceFault('unreadable', {
      error: 'This is a folder, not a file.',
      suggestion: 'Choose the files inside it.',
    });
  }

  static device(): SourceFault {
    return new SourceFault('unreadable', {
      error: 'This is a device or a pipe, not a file.',
      suggestion: 'Write the records into a file and import that.',
    });
  }

  static link(target: string): SourceFault {
    return new SourceFault('unreadable', {
      error: `This is a link to ${target}; links are followed only when they were chosen themselves.`,
      suggestion: 'Import the file that the link points to.',
    });
  }

  static binary(): SourceFault {
    return new SourceFault('unsupported_content', {
      error: 'The file holds bytes that are no text, so it is not kept.',
      suggestion: 'Export the data as JSONL: one JSON object a line.',
    });
  }

  static empty(): SourceFault {
    return new SourceFault('empty_value', {
      error: 'The file is empty (0 bytes).',
      suggestion: 'Check that it was written completely, and import it again.',
    });
  }

  static changed(): SourceFault {
    return new SourceFault('unreadable', {
      error: 'The file was changed while it was read, so the copy may be torn.',
      suggestion: 'Wait until the program that writes it has ended, and import it again.',
    });
  }

  static tooLarge(size: number, limit: number): SourceFault {
    return new SourceFault('file_too_large', {
      error: `The file has ${formatBytes(size)}; at most ${formatBytes(limit)} are read.`,
      suggestion: 'Split the file, or raise the limit in the settings.',
    });
  }

  static unpacksTooLarge(limit: number): SourceFault {
    return new SourceFault('file_too_large', {
      error: `Unpacked, the file has more than ${formatBytes(limit)}; at most that is read.`,
      suggestion: 'Split the file, or raise the limit in the settings.',
    });
  }

  static tooManyColumns(found: number): SourceFault {
    return new SourceFault('unsupported_content', {
      error: `The table has ${formatCount(found)} columns; at most ${formatCount(MAX_COLUMNS)} are read.`,
      suggestion: 'Keep only the columns that you need for training, and import it again.',
    });
  }

  static unclearColumn(name: string): SourceFault {
    return new SourceFault('unsupported_content', {
      error: `The name “${name}” does not say which column or field of the table is meant.`,
      suggestion: 'Name each of them differently, and import the table again.',
    });
  }

  static encryptedParquet(): SourceFault {
    return new SourceFault('unreadable', {
      error: 'The Parquet file is encrypted.',
      suggestion: 'Write it again without encryption, with a program that has its key, and import that.',
    });
  }

  static lfsPointer(): SourceFault {
    return new SourceFault('lfs_pointer', {
      error: 'This is a Git LFS pointer: a note of where the data are, not the data.',
      suggestion: 'Run “git lfs pull” in its repository, and import the file again.',
    });
  }

  /** A failure of the operating system in the user's words; anything else is passed on. */
  static fromSystem(error: unknown): Error {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const reason = typeof code === 'string' ? SYSTEM_REASONS.get(code) : undefined;
    if (reason !== undefined) return new SourceFault('unreadable', reason);
    return error instanceof Error ? error : new Error(String(error));
  }
}

const SYSTEM_REASONS: ReadonlyMap<string, { readonly error: string; readonly suggestion: string }> = new Map([
  [
    'ENOENT',
    { error: 'The file is not there.', suggestion: 'Check its name and whether its drive is connected.' },
  ],
  [
    'EACCES',
    {
      error: 'You have no permission to read the file.',
      suggestion: 'Give your account the right to read it.',
    },
  ],
  [
    'EPERM',
    {
      error: 'The system does not allow reading the file.',
      suggestion: 'Give this program the right to read its folder.',
    },
  ],
  ['EISDIR', { error: 'This is a folder, not a file.', suggestion: 'Choose the files inside it.' }],
  ['ELOOP', { error: 'The link leads back to itself.', suggestion: 'Import the file itself.' }],
  [
    'ENAMETOOLONG',
    {
      error: 'The path is longer than the system allows.',
      suggestion: 'Move the file to a folder with a shorter path.',
    },
  ],
  [
    'EIO',
    {
      error: 'The drive could not be read.',
      suggestion: 'Check the drive, or copy the file to another one.',
    },
  ],
]);
