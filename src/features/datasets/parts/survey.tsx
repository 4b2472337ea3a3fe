import { formatAmount, formatCount, formatPercent } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { MeasuredFacts } from '../../../components/measured';
import type { MeasuredRow } from '../../../components/measured';
import type { DatasetSurvey } from '../../../lib/types/dataset-numbers';
import type { SplitChoice } from '../../../lib/types/dataset-split';
import type { Dataset } from '../../../lib/types/lora-training';
import { useSurvey } from '../use-numbers';
import { Duplicates, Leakage } from './alike';
import { Measuring } from './measuring';
import type { OnRecord } from './record-table';

interface SurveyProps {
  readonly dataset: Dataset;
  readonly split: SplitChoice;
  readonly onRecord: OnRecord;
}

export const Survey = ({ dataset, split, onRecord }: SurveyProps) => {
  const { state, reload } = useSurvey(dataset, split);
  return (
    <Measuring datasetId={dataset.id} kind="survey" state={state} onRetry={reload}>
      {(survey) => (
        <>
          <Leakage survey={survey} onRecord={onRecord} />
          <Duplicates survey={survey} onRecord={onRecord} />
          <div className="grid gap-4 narrow:grid-cols-3">
            <Panel title="Turns">
              <MeasuredFacts rows={turnRows(survey)} />
            </Panel>
            <Panel title="Languages">
              <MeasuredFacts rows={languageRows(survey)} />
            </Panel>
            <Panel title="Characters">
              <MeasuredFacts rows={characterRows(survey)} />
            </Panel>
            {survey.quality === null ? null : (
              <Panel title="Quality">
                <MeasuredFacts rows={qualityRows(survey.quality, survey.methods['quality'])} />
              </Panel>
            )}
          </div>
        </>
      )}
    </Measuring>
  );
};

const turnRows = ({ conversations, turns, roles, methods }: DatasetSurvey): MeasuredRow[] => [
  { label: 'Conversations', value: formatCount(conversations), method: methods['conversations'] },
  {
    label: 'Turns: fewest, median',
    value: `${formatCount(turns.min)}, ${formatCount(turns.median)}`,
    method: methods['turns'],
  },
  {
    label: 'Turns: p95, most',
    value: `${formatCount(turns.p95)}, ${formatCount(turns.max)}`,
    method: methods['turns'],
  },
  ...Object.entries(roles).map(([role, count]) => ({
    label: `Messages of ${role}`,
    value: formatCount(count),
    method: methods['roles'],
  })),
];

const LANGUAGES_SHOWN = 6;
const NAMES = new Intl.DisplayNames('en', { type: 'language' });

const languageRows = ({ languages, records, methods }: DatasetSurvey): MeasuredRow[] => {
  const row = (label: string, count: number): MeasuredRow => ({
    label,
    value: `${formatCount(count)} (${formatPercent(count / Math.max(1, records))})`,
    method: methods['languages'],
  });
  const others = languages.spoken
    .slice(LANGUAGES_SHOWN)
    .reduce((sum, { records: spoken }) => sum + spoken, 0);
  return [
    ...languages.spoken
      .slice(0, LANGUAGES_SHOWN)
      .map(({ language, records: spoken }) => row(NAMES.of(language) ?? language, spoken)),
    ...(others > 0 ? [row('Other languages', others)] : []),
    row('Uncertain', languages.uncertain),
    row('Too short to say', languages.too_short),
  ];
};

const ODD_CHARACTERS = [
  ['right_to_left', 'Right-to-left script'],
  ['bidirectional_control', 'Bidirectional control'],
  ['control', 'Control characters'],
  ['replacement', 'Replacement character'],
] as const;

const characterRows = ({
  characters,
  odd_characters,
  template_tokens,
  methods,
}: DatasetSurvey): MeasuredRow[] => [
  {
    label: 'Median, p95',
    value: `${formatCount(characters.median)}, ${formatCount(characters.p95)}`,
    method: methods['characters'],
  },
  { label: 'Longest', value: formatCount(characters.max), method: methods['characters'] },
  ...ODD_CHARACTERS.map(([kind, label]) => ({
    label,
    value: formatAmount(odd_characters[kind], 'record'),
    method: methods['odd_characters'],
  })),
  {
    label: 'Marks of a template',
    value: formatAmount(template_tokens.records, 'record'),
    method: methods['template_tokens'],
  },
];

const qualityRows = (
  quality: NonNullable<DatasetSurvey['quality']>,
  method: string | undefined,
): MeasuredRow[] => [
  { label: 'Average', value: quality.mean.toFixed(2), method },
  { label: 'Lowest, highest', value: `${quality.min}, ${quality.max}`, method },
  {
    label: 'Under 3.0',
    value: `${formatCount(quality.low)} (${formatPercent(quality.low_share)})`,
    method,
  },
  { label: 'Without a score', value: formatCount(quality.unscored), method },
];
