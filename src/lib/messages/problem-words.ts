import type { ProblemType } from '../types/dataset-records';

export const problemWords = (type: ProblemType): string => type.replaceAll('_', ' ').replace('json', 'JSON');
