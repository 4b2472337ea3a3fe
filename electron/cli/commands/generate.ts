import { z } from 'zod';
import type { Answers } from '../../services/trainer/one-shot';
import { NumberOption, type Registry, usageError, WholeNumber } from '../command';
import { EXIT } from '../exit-codes';
import { findArtifact, findBaseModel } from '../find';
import type { CliServices } from '../io';

const GenerateOptions = z.object({
  artifact: z.string().optional(),
  baseModel: z.string().optional(),
  prompt: z.string('give --prompt').min(1, 'give a question'),
  compare: z.boolean().optional(),
  maxNewTokens: WholeNumber.pipe(z.int().min(1, 'give 1 or more').max(4096, 'give 4096 or less')).default(
    200,
  ),
  temperature: NumberOption.pipe(z.number().min(0, 'give 0 or more').max(5, 'give 5 or less')).optional(),
  seed: WholeNumber.optional(),
});
type GenerateOptions = z.infer<typeof GenerateOptions>;

interface Question {
  readonly prompt: string;
  readonly max_new_tokens: number;
  readonly compare?: boolean | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
}

const ask = async (
  services: CliServices,
  { artifact, baseModel }: GenerateOptions,
  { compare, ...question }: Question,
): Promise<Answers> => {
  if (artifact !== undefined)
    return services.models.ask({ id: (await findArtifact(services, artifact)).id, compare, ...question });
  if (baseModel === undefined) throw usageError('Nothing to ask: --artifact or --base-model is missing.');
  return services.models.askBaseModel({ id: (await findBaseModel(services, baseModel)).id, ...question });
};

const check = ({ compare, artifact, baseModel, temperature, seed }: GenerateOptions): void => {
  if (artifact !== undefined && baseModel !== undefined)
    throw usageError(
      '--artifact and --base-model exclude each other.',
      '--artifact with --compare asks both.',
    );
  if (compare === true && artifact === undefined) throw usageError('--compare needs --artifact.');
  if (seed !== undefined && (temperature ?? 0) === 0)
    throw usageError(
      '--seed has no effect without --temperature.',
      'Answers are greedy unless asked otherwise.',
    );
};

export const addGenerate = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'generate',
    about: 'ask a model; greedy unless asked otherwise',
    flags: [
      ['--artifact <model>', 'a model that a run has made'],
      ['--base-model <model>', 'an untouched base model'],
      ['--prompt <text>', 'the question'],
      ['--compare', 'ask the base model too'],
      ['--max-new-tokens <n>', 'the longest answer (200)'],
      ['--temperature <t>', 'above 0 answers vary'],
      ['--seed <n>', 'the same seed, the same answer'],
    ],
    options: GenerateOptions,
    run: async (work) => {
      const { app, output, options } = work;
      check(options);
      const { prompt, maxNewTokens: max_new_tokens, compare, temperature, seed } = options;
      output.note('Loading the model …');
      const answers = await ask(app.services, options, {
        prompt,
        max_new_tokens,
        compare,
        temperature,
        seed,
      });
      if (output.json) output.document({ prompt, answers });
      if (answers.base !== undefined) {
        if (compare === true) output.line('Base model', 'bold');
        output.line(answers.base);
      }
      if (answers.adapter !== undefined) {
        if (compare === true) output.line('Adapter', 'bold');
        output.line(answers.adapter);
      }
      return EXIT.done;
    },
  });
