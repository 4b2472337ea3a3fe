import { join } from 'node:path';
import { z } from 'zod';
import type { BaseModel } from '../../src/lib/types/base-model';
import type { ModelArtifact } from '../../src/lib/types/model-artifact';
import { OneShot } from '../services/trainer/one-shot';
import type { Workplace } from './command';
import { adapterDirOf, type Place } from './output/documents';

export const oneShotOf = ({ io }: Pick<Workplace, 'io'>): OneShot =>
  new OneShot({ env: io.env, resourcesDir: io.resourcesDir, trainerDir: join(io.resourcesDir, 'trainer') });

const Answered = z.object({
  event: z.literal('done'),
  answers: z.object({ base: z.string().optional(), adapter: z.string().optional() }),
});
type Answers = z.infer<typeof Answered>['answers'];

export interface Question {
  readonly baseModel: BaseModel;
  readonly artifact?: ModelArtifact | undefined;
  readonly prompt: string;
  readonly max_new_tokens: number;
  readonly compare?: boolean | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
}

/** Answers from the base model, from the adapter, or from both. */
export const ask = async (place: Place, question: Question): Promise<Answers> => {
  const { baseModel, artifact, prompt, max_new_tokens, compare, temperature, seed } = question;
  const argv = [
    'generate',
    ...['--base-model', baseModel.path, `--prompt=${prompt}`, '--max-new-tokens', String(max_new_tokens)],
    ...(artifact ? ['--adapter', adapterDirOf(place, artifact)] : []),
    ...(compare === true ? ['--compare'] : []),
    ...(temperature === undefined ? [] : ['--temperature', String(temperature)]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ];
  return (await oneShotOf(place).run(argv, Answered)).answers;
};
