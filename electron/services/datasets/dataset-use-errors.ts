import { AppError } from '../../../src/lib/messages/app-error';

export function datasetInUse(name: string, jobs: number): AppError {
  const users = jobs === 1 ? 'a job uses' : `${String(jobs)} jobs use`;
  return new AppError({
    code: 'dataset_in_use',
    message: `The dataset “${name}” was kept, because ${users} it.`,
    hint: 'Remove those jobs first, or leave the dataset in the bin.',
  });
}

export function datasetAtWork(name: string, jobs: readonly string[]): AppError {
  const runs = jobs.map((job) => `“${job}”`).join(', ');
  return new AppError({
    code: 'dataset_in_use',
    message: `The dataset “${name}” was not deleted, because ${jobs.length === 1 ? 'the run' : 'the runs'} ${runs} ${jobs.length === 1 ? 'is' : 'are'} learning from it.`,
    hint: 'Delete it when the run has ended, or cancel the run first.',
  });
}

export function datasetBeingMade(name: string): AppError {
  return new AppError({
    code: 'dataset_in_use',
    message: `The dataset “${name}” was kept, because another process is reading or writing it now.`,
    hint: 'Try again when that has ended.',
  });
}

export function datasetNotDeleted(name: string): AppError {
  return new AppError({
    code: 'dataset_not_deleted',
    message: `The dataset “${name}” is not in the bin, so it was not removed for good.`,
    hint: 'Delete it first.',
  });
}
