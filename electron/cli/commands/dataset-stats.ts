import type { Command } from 'commander';
import { z } from 'zod';
import { formatAmount, formatCount } from '../../../src/lib/messages/format';
import { AppError } from '../../../src/lib/messages/app-error';
import { refusedReason } from '../../../src/lib/messages/refused-words';
import { splitOf } from '../../../src/lib/training/settings';
import type { DatasetStats, DatasetSurvey } from '../../../src/lib/types/dataset-numbers';
import type { Dataset } from '../../../src/lib/types/lora-training';
import { type Invocation, operand, type Registry, WholeNumber } from '../command';
import { EXIT } from '../exit-codes';
import { findBaseModel, findDataset } from '../find';
import { barChart } from '../output/bar-chart';
import type { Output } from '../output/output';
import { rangeWords } from '../run/line-ranges';
import { usualSettings } from '../usual-settings';

const LANGUAGES_SHOWN = 5;

const Options = z.object({
  baseModel: z.string('give --base-model'),
  maxLength: WholeNumber.pipe(z.int().min(16, 'give 16 or more')).optional(),
});
type Options = z.infer<typeof Options>;

const records = (count: number): string => formatAmount(count, 'record');

/** A plain text is laid into windows, and loses nothing. */
const lostWords = ({ lost_trained_tokens: lost }: DatasetStats): string =>
  lost === 0 ? 'no trained token is lost' : `cutting loses ${formatCount(lost)} trained tokens`;

/** What a run does with the records over the limit. */
const fateWords = (stats: DatasetStats): string => {
  const refused = stats.over_limit - stats.cut_records;
  if (refused === 0) return `${records(stats.over_limit)}; ${lostWords(stats)}`;
  const cut = stats.cut_records > 0 ? `, ${formatCount(stats.cut_records)} cut; ${lostWords(stats)}` : '';
  return `${records(stats.over_limit)}: ${formatCount(refused)} refused${cut}`;
};

const tokenPairs = (stats: DatasetStats): [string, string][] => [
  ['tokens', `${formatCount(stats.total_tokens)}, ${formatCount(stats.trained_tokens)} of them trained`],
  [
    'a record',
    `shortest ${formatCount(stats.min)}, median ${formatCount(stats.median)}, 95 % up to ${formatCount(stats.p95)}, longest ${formatCount(stats.max)}`,
  ],
  ['a turn', stats.avg_tokens_per_turn === null ? '–' : `${stats.avg_tokens_per_turn} on average`],
  [`over ${formatCount(stats.max_length)}`, stats.over_limit === 0 ? 'none' : fateWords(stats)],
  ['refused', stats.problems_total === 0 ? 'none' : records(stats.problems_total)],
  ...refusedPairs(stats),
];

const RANGES_SHOWN = 20;

/** What a run stops at, by reason, each with the numbers by which `exclude` takes them. */
const refusedPairs = ({ problems, problems_total }: DatasetStats): [string, string][] => {
  const reasons = [...new Set(problems.map(refusedReason))];
  const more = problems_total - problems.length;
  return [
    ...reasons.map((reason): [string, string] => {
      const numbers = problems
        .filter((problem) => refusedReason(problem) === reason)
        .map(({ index }) => index + 1);
      return [
        `  ${formatCount(numbers.length)}`,
        `--records ${rangeWords(numbers, RANGES_SHOWN)}: ${reason}`,
      ];
    }),
    ...(more > 0 ? [['', `and ${formatCount(more)} more`] satisfies [string, string]] : []),
  ];
};

const uncheckedWords = (unchecked: number): string =>
  unchecked === 0
    ? ''
    : `; ${formatAmount(unchecked, 'record')} in too large a crowd to be compared with all of it`;

const duplicateWords = ({ exact, near, groups_total, unchecked }: DatasetSurvey['duplicates']): string => {
  const found =
    groups_total === 0
      ? `none${unchecked > 0 ? ' found' : ''}`
      : `${formatCount(exact)} exact, ${formatCount(near)} near, in ${formatCount(groups_total)} ${groups_total === 1 ? 'group' : 'groups'}`;
  return `${found}${uncheckedWords(unchecked)}`;
};

const leakageWords = ({
  records: leaking,
  held_out,
  seed,
  share,
  unchecked,
}: DatasetSurvey['leakage']): string =>
  `${formatCount(leaking)} of ${formatCount(held_out)} held-out records are like a trained one (seed ${seed}, ${Math.round(share * 100)} % held out)${uncheckedWords(unchecked)}`;

const languageWords = ({ languages, records: all }: DatasetSurvey): string => {
  const shown = languages.spoken
    .slice(0, LANGUAGES_SHOWN)
    .map(({ language, records: spoken }) => `${language} ${Math.round((spoken / all) * 100)} %`);
  const others = [
    [languages.spoken.length - LANGUAGES_SHOWN, 'more languages'],
    [languages.uncertain, 'uncertain'],
    [languages.too_short, 'too short to say'],
  ] as const;
  const rest = others.flatMap(([count, words]) => (count > 0 ? [`${formatCount(count)} ${words}`] : []));
  return [...shown, ...rest].join(', ') || '–';
};

const surveyPairs = (survey: DatasetSurvey): [string, string][] => [
  ['duplicates', duplicateWords(survey.duplicates)],
  ['leakage', leakageWords(survey.leakage)],
  ['languages', languageWords(survey)],
  [
    'turns',
    `${survey.turns.mean} a conversation, at most ${formatCount(survey.turns.max)}; ${formatCount(survey.conversations)} conversations`,
  ],
  ...(survey.quality === null
    ? []
    : [
        [
          'quality',
          `${survey.quality.mean.toFixed(2)} on average, ${survey.quality.min} to ${survey.quality.max}; ${records(survey.quality.low)} under 3.0`,
        ] as [string, string],
      ]),
];

const tellNumbers = (output: Output, { stats, survey }: { stats: DatasetStats; survey: DatasetSurvey }) => {
  output.pairs(tokenPairs(stats));
  for (const line of barChart(stats.histogram)) output.line(line);
  output.pairs(surveyPairs(survey));
  output.note(stats.template.note);
};

const editedMeanwhile = (name: string): AppError =>
  new AppError({
    code: 'dataset_changed',
    message: `“${name}” got another version while it was counted.`,
    hint: 'Count it again: what was found belongs to two versions.',
  });

/** Length, seed and share are those of a new run where nothing else is said. */
const countAll = async (work: Invocation<Options>, dataset: Dataset) => {
  const { datasets, numbers } = work.app.services;
  const model = await findBaseModel(work.app.services, work.options.baseModel);
  const settings = await usualSettings(work.app.services, dataset, model);
  const max_length = work.options.maxLength ?? settings.max_length;
  const { id, name } = dataset;
  const version = await datasets.currentVersion(id);
  const survey = await numbers.survey({ id, ...splitOf(settings) });
  const stats = await numbers.stats({ id, base_model_id: model.id, max_length });
  if ((await datasets.currentVersion(id))?.id !== version?.id) throw editedMeanwhile(name);
  return { stats, survey };
};

const KINDS = { stats: 'Counting tokens', survey: 'Comparing records' } as const;

export const addStats = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'stats <dataset>',
    about: 'real tokens, what is cut, duplicates, leakage, languages',
    flags: [
      ['--base-model <model>', 'whose template and tokenizer'],
      ['--max-length <n>', 'where longer records are cut; what a new run takes where it is not given'],
    ],
    options: Options,
    run: async (work) => {
      const { app, output, args, news } = work;
      const dataset = await findDataset(app.services, operand(args));
      const hide = news.onMeasuring(({ kind, done, total }) =>
        output.liveLine(`${KINDS[kind]}: ${Math.floor((done / Math.max(1, total)) * 100)} %`),
      );
      try {
        const found = await countAll(work, dataset);
        output.endLive();
        if (output.json) output.document(found);
        else tellNumbers(output, found);
        return EXIT.done;
      } finally {
        hide();
        output.endLive();
      }
    },
  });
