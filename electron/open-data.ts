import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '../src/lib/messages/app-error';
import type { ErrorPayload } from '../src/lib/types/system';
import { type Database, openDatabase } from './db/client';

export interface DataOptions {
  readonly dataDir: string;
  /** Holds `trainer/`, `samples/`, `icons/`, `runtime/` and `models/`. */
  readonly resourcesDir: string;
  /** Holds the bundled threads. */
  readonly bundleDir: string;
  readonly migrationsDir: string;
  readonly onFailure: (thrown: unknown) => void;
  /** What the user has to know though all goes on; a failure where it is not given. */
  readonly onNotice?: (notice: ErrorPayload) => void;
}

const NODE_API_OF_PACKAGED_SQLITE = 10;

/** The database of the data folder, on a thread of its own; what had to be done to open it is told. */
export const openData = async (options: DataOptions): Promise<Database> => {
  const { dataDir, resourcesDir, bundleDir, migrationsDir } = options;
  const old = Number(process.versions['napi'] ?? 0) < NODE_API_OF_PACKAGED_SQLITE;
  const database = await openDatabase(
    pathToFileURL(join(bundleDir, 'database-worker.js')),
    {
      path: join(dataDir, 'pipeline.db'),
      migrationsDir,
      backupsDir: join(dataDir, 'backups'),
      ...(old && {
        nativeBinding: join(resourcesDir, 'runtime', 'better-sqlite3-napi9', 'better_sqlite3.node'),
      }),
    },
    options.onFailure,
  );
  if (database.notice !== null) tell(options, database.notice);
  return database;
};

export const tell = ({ onNotice, onFailure }: DataOptions, notice: ErrorPayload): void => {
  if (onNotice) onNotice(notice);
  else onFailure(new AppError({ ...notice, message: `${notice.message} ${notice.hint}` }));
};
