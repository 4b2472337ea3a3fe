import type { Command } from 'commander';
import { z } from 'zod';
import { formatCount } from '../../../src/lib/messages/format';
import { USUAL_SPLIT } from '../../../src/lib/training/settings';
import type { SplitChoice, SplitView } from '../../../src/lib/types/dataset-split';
import { Stratify } from '../../../src/lib/types/training-settings';
import { NumberOption, operand, type Registry, WholeNumber } from '../command';
import { EXIT } from '../exit-codes';
import { findDataset } from '../find';
import type { Output } from '../output/output';
import type { Column } from '../output/table';
import { shortId } from '../run/describe-job';

const SHOWN_LINES = 20;

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

const COLUMNS: readonly Column<SplitView['strata'][number]>[] = [
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'VALUE', text: ({ value }) => value },
  { title: 'TRAIN', align: 'right', text: ({ train }) => formatCount(train) },
  { title: 'HELD OUT', align: 'right', text: ({ held_out }) => formatCount(held_out) },
  {
    title: 'SHARE',
    align: 'right',
    text: ({ train, held_out }) => percent(held_out / Math.max(1, train + held_out)),
  },
];

const linesOf = ({ rows, held_out }: SplitView): string => {
  const lines = rows.slice(0, SHOWN_LINES).map(({ line }) => formatCount(line));
  const more = held_out - lines.length;
  return [...lines, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(', ') || '–';
};

const dividedBy = ({ strata, stratify }: SplitView): string => {
  if (strata.length === 0) return 'conversation';
  return stratify === 'auto'
    ? 'conversation; spread over persona, then arc, then topic'
    : 'conversation; not spread over persona, arc and topic';
};

const tellSplit = (output: Output, split: SplitView): void => {
  output.pairs([
    ['to train', formatCount(split.train)],
    ['held out', `${formatCount(split.held_out)} (${percent(split.share)} wanted, seed ${split.seed})`],
    ['divided by', dividedBy(split)],
    ['held-out lines', linesOf(split)],
  ]);
  if (split.strata.length > 0) output.table(COLUMNS, split.strata);
};

/** Where nothing is held out there is nothing to spread, and a run refuses to be told so. */
const setOptions = ({ share, seed, stratify }: SplitChoice): string =>
  [
    `validation_share=${share}`,
    `seed=${seed}`,
    ...(stratify === 'off' && share > 0 ? ['stratify=off'] : []),
  ].join(' ');

export const addSplit = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'split <dataset>',
    about: 'which records a run would hold out, and how evenly',
    flags: [
      ['--share <share>', `how much is held out, 0 to 0.5; ${USUAL_SPLIT.share} where it is not given`],
      ['--stratify <how>', 'auto: spread over persona, arc and topic, where records have them; or off'],
      ['--seed <n>', `which records; ${USUAL_SPLIT.seed} where it is not given`],
    ],
    options: z.object({
      share: NumberOption.pipe(z.number().min(0, 'give 0 to 0.5').max(0.5, 'give 0 to 0.5')).default(
        USUAL_SPLIT.share,
      ),
      seed: WholeNumber.pipe(z.int().max(2_147_483_647, 'give 2,147,483,647 or less')).default(
        USUAL_SPLIT.seed,
      ),
      stratify: Stratify.default(USUAL_SPLIT.stratify),
    }),
    run: async ({ app, output, args, options }) => {
      const { id } = await findDataset(app.services, operand(args));
      const split = await app.services.numbers.split({ id, ...options });
      if (output.json) output.document(split);
      else tellSplit(output, split);
      const words = `train --dataset ${shortId(id)} --base-model MODEL --set ${setOptions(options)}`;
      output.note(`A run has it with: ${output.command(words)}`);
      return EXIT.done;
    },
  });
