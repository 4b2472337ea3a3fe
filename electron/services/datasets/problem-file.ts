import { join } from 'node:path';
import { DatasetProblem } from '../../../src/lib/types/dataset-records';
import { PROBLEMS_FILE } from './dataset-files';
import { fileChunks } from './readers/file-chunks';
import { readLineRecords } from './readers/read-lines';

/** All of a version's problems at once, for a change that must be whole. */
export async function readAllProblems(versionDir: string): Promise<DatasetProblem[]> {
  const problems: DatasetProblem[] = [];
  for await (const batch of readProblems(versionDir)) problems.push(...batch);
  return problems;
}

/** The problems of a version in batches that the database takes at a time. */
export async function* readProblems(versionDir: string): AsyncGenerator<readonly DatasetProblem[]> {
  for await (const batch of readLineRecords(fileChunks(join(versionDir, PROBLEMS_FILE)))) {
    if (batch.length > 0)
      yield batch.map(({ bytes }) => DatasetProblem.parse(JSON.parse(bytes.toString('utf8'))));
  }
}
