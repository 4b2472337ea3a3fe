import type { Command } from 'commander';
import { z } from 'zod';
import { isRefused, refusedRecordWords } from '../../../src/lib/messages/refused-record';
import { shownParts } from '../../../src/lib/training/shown-parts';
import { RecordView } from '../../../src/lib/types/record-view';
import { operand, type Registry, WholeNumber } from '../command';
import { EXIT } from '../exit-codes';
import { findBaseModel, findDataset } from '../find';
import type { Output } from '../output/output';
import { usualSettings } from '../usual-settings';

/** Marks runs of trained tokens; a colour or capitals would say less in a pipe, or change the text. */
const markTrained = (tokens: RecordView['tokens']): string =>
  tokens
    .map(({ text, trained }, index) => {
      const opens = trained && tokens[index - 1]?.trained !== true;
      const closes = trained && tokens[index + 1]?.trained !== true;
      return `${opens ? '⟦' : ''}${text}${closes ? '⟧' : ''}`;
    })
    .join('');

const tellView = (output: Output, view: RecordView): void => {
  for (const turn of shownParts(view)) {
    const kept = turn.cut && !isRefused(view) ? ', cut' : '';
    output.line(
      `${turn.role} (${turn.end - turn.start} tokens, ${turn.trained_tokens} trained${kept})`,
      'bold',
    );
    output.line(markTrained(view.tokens.slice(turn.start, turn.end)));
  }
  const lost = isRefused(view) ? '' : `, ${view.lost_tokens} beyond ${view.max_length}`;
  output.note(
    `${view.total_tokens} tokens, ${view.trained_tokens} trained (between ⟦ and ⟧)${lost}. ${view.template.note}`,
  );
  if (isRefused(view)) output.note(refusedRecordWords(view), 'red');
};

export const addView = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'view <dataset>',
    about: 'what the model will see of a record, token by token',
    flags: [
      ['--record <n>', 'which record, from 1'],
      ['--base-model <model>', 'whose template and tokenizer'],
      ['--max-length <n>', 'where longer records are cut; what a new run takes where it is not given'],
    ],
    options: z.object({
      record: WholeNumber.pipe(z.int().min(1, 'records count from 1')).default(1),
      baseModel: z.string('give --base-model'),
      maxLength: WholeNumber.pipe(z.int().min(16, 'give 16 or more')).optional(),
    }),
    run: async ({ app, output, args, options }) => {
      const { services } = app;
      const dataset = await findDataset(services, operand(args));
      const model = await findBaseModel(services, options.baseModel);
      const record = await services.datasets.record(dataset.id, options.record - 1);
      const answer = await services.serve.request('inspect', {
        base_model: model.path,
        record,
        max_length: options.maxLength ?? (await usualSettings(services, dataset, model)).max_length,
        loss_scope: 'auto',
        format: dataset.format,
      });
      const view = RecordView.parse(answer);
      if (output.json) output.document(view);
      else tellView(output, view);
      return EXIT.done;
    },
  });
