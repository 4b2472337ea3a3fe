import { CircleAlert, CircleCheck, Lightbulb } from 'lucide-react';
import { useLocation } from 'wouter';
import { Button } from '../../../components/button';
import { formatAmount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { alikeAdvice } from '../../../lib/training/alike-advice';
import { isBlocked, readiness } from '../../../lib/training/readiness';
import { refusedAdvice } from '../../../lib/training/refused-advice';
import type { Finding, Remedy } from '../../../lib/training/readiness';
import type { DatasetStats, DatasetSurvey } from '../../../lib/types/dataset-numbers';
import type { ProblemFilter } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { chooseAndImport, readAgain } from '../../import';

/** What can be done on the page of a dataset, by the names of remedies. */
export interface Places {
  readonly problems: (filter: Partial<ProblemFilter>) => void;
  readonly exclude: (filter: Partial<ProblemFilter>) => void;
  readonly duplicates: () => void;
  readonly tokens: () => void;
  readonly repeats: () => void;
  readonly fixes: () => void;
  readonly renew: () => void;
}

interface ReadinessProps {
  readonly dataset: Dataset;
  /** Once tokens were counted. */
  readonly stats: DatasetStats | null;
  /** Once records were compared. */
  readonly survey?: DatasetSurvey | null;
  readonly places: Places;
}

/** What stands against a run with a dataset: what blocks it, and apart from that advice. */
export const Readiness = ({ dataset, stats, survey = null, places }: ReadinessProps) => {
  const [, navigate] = useLocation();
  const findings = [
    ...readiness(dataset, stats),
    ...(isBlocked(dataset) ? [] : [...refusedAdvice(stats), ...alikeAdvice(survey)]),
  ];
  const go = (remedy: Remedy): void => {
    if (remedy.to === 'import') void chooseAndImport(navigate);
    else if (remedy.to === 'reading') void readAgain(dataset, navigate);
    else if (remedy.to === 'setting') navigate(paths.newRunOnChanging(dataset.id, remedy.setting));
    else if (remedy.to === 'problems' || remedy.to === 'exclude') places[remedy.to](remedy.filter);
    else places[remedy.to]();
  };
  const of = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind);
  return (
    <Panel title={verdictWords(findings)} plain className="narrow:col-span-2">
      {findings.length === 0 ? (
        <p className="flex items-center gap-2 p-4">
          <CircleCheck aria-hidden className="size-4 text-good" />
          Nothing stands against a run with it.
        </p>
      ) : (
        <>
          <Findings title="Blocks a run" findings={of('blocking')} onGo={go} />
          <Findings title="Advice" findings={of('advice')} onGo={go} />
        </>
      )}
    </Panel>
  );
};

/** `Usable, with 3 things to look at`: what the findings come to. */
const verdictWords = (findings: readonly Finding[]): string => {
  if (findings.length === 0) return 'Ready for a run';
  if (findings.some(({ kind }) => kind === 'blocking')) return 'Not ready for a run';
  return `Usable, with ${formatAmount(findings.length, 'thing')} to look at`;
};

const ICONS = {
  blocking: <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />,
  advice: <Lightbulb aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />,
} as const;

const Findings = ({
  title,
  findings,
  onGo,
}: {
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly onGo: (remedy: Remedy) => void;
}) =>
  findings.length === 0 ? null : (
    <div className="border-b px-4 py-2 last:border-0">
      <h3 className="text-xs font-medium text-ink-3">{title}</h3>
      <ul aria-label={title} className="grid grid-cols-[auto_minmax(0,1fr)_auto] gap-x-3">
        {findings.map(({ kind, reason, remedy, remedies }) => (
          <li key={reason} className="col-span-3 grid min-h-9 grid-cols-subgrid items-start py-1.5">
            {ICONS[kind]}
            <p className="max-w-[45rem] min-w-0">
              {reason} <span className="text-ink-2">{shownRemedy(remedy, remedies[0])}</span>
            </p>
            <span className="flex flex-wrap gap-2">
              {lookFirst(remedies).map((each) => (
                <Button key={labelOf(each)} small onClick={() => onGo(each)}>
                  {labelOf(each)}
                </Button>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );

const LABELS: Record<Exclude<Remedy['to'], 'reading' | 'setting'>, string> = {
  import: 'Import again…',
  problems: 'See the problems',
  exclude: 'Exclude these…',
  duplicates: 'See the duplicates',
  tokens: 'See which',
  repeats: 'Exclude the repeats…',
  fixes: 'Safe fixes…',
  renew: 'New version…',
};
const READINGS = { mapping: 'Change the mapping', other: 'Read it another way' } as const;
const SETTINGS = { max_length: 'Set max length in New run', num_epochs: 'Set epochs in New run' } as const;

const READING_WORDS = {
  mapping: 'Say which column or field is what.',
  other: 'Say in which encoding it is written, or take what can be read of it.',
} as const;

/** What a report suggests of another reading are words for the command line; here a button leads to it. */
const shownRemedy = (remedy: string, best: Remedy | undefined): string =>
  best?.to === 'reading' ? READING_WORDS[best.what] : remedy;

const LOOKS: ReadonlySet<Remedy['to']> = new Set(['problems', 'duplicates', 'tokens']);
const isLook = ({ to }: Remedy): boolean => LOOKS.has(to);

/** In every row to look stands before to act, whichever of them is best. */
const lookFirst = (remedies: readonly Remedy[]): readonly Remedy[] => [
  ...remedies.filter(isLook),
  ...remedies.filter((each) => !isLook(each)),
];

/** Each names where it leads. */
const labelOf = (remedy: Remedy): string => {
  if (remedy.to === 'reading') return READINGS[remedy.what];
  return remedy.to === 'setting' ? SETTINGS[remedy.setting] : LABELS[remedy.to];
};
