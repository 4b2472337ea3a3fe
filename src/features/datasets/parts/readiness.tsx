import { CircleAlert, CircleCheck, Lightbulb } from 'lucide-react';
import { useLocation } from 'wouter';
import { Button } from '../../../components/button';
import { Panel } from '../../../components/layout';
import { readiness } from '../../../lib/training/readiness';
import type { Finding, KnownCut, Remedy } from '../../../lib/training/readiness';
import type { ProblemFilter } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { paths } from '../../../paths';
import { chooseAndImport } from '../../import';

/** Where on the page of a dataset something can be done. */
export interface Places {
  readonly problems: (filter: Partial<ProblemFilter>) => void;
  readonly tokens: () => void;
}

interface ReadinessProps {
  readonly dataset: Dataset;
  readonly cut: KnownCut | null;
  readonly places: Places;
}

/** What stands against a run with a dataset: what blocks it, and apart from that advice. */
export const Readiness = ({ dataset, cut, places }: ReadinessProps) => {
  const [, navigate] = useLocation();
  const findings = readiness(dataset, cut);
  const go = (where: Remedy) => {
    if (where.to === 'import') void chooseAndImport(navigate);
    else if (where.to === 'problems') places.problems(where.filter);
    else if (where.to === 'duplicates') places.tokens();
    else navigate(paths.newRunOnChanging(dataset.id, where.setting));
  };
  const of = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind);
  return (
    <Panel title="Ready for a run" plain className="narrow:col-span-2">
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
  readonly onGo: (where: Remedy) => void;
}) =>
  findings.length === 0 ? null : (
    <div className="border-b px-4 py-2 last:border-0">
      <h3 className="text-xs font-medium text-ink-3">{title}</h3>
      <ul aria-label={title}>
        {findings.map(({ kind, reason, remedy, where }) => (
          <li key={reason} className="flex min-h-9 items-start gap-3 py-1.5">
            {ICONS[kind]}
            <p className="max-w-[45rem] min-w-0">
              {reason} <span className="text-ink-2">{remedy}</span>
            </p>
            {where ? (
              <Button small className="ml-auto" onClick={() => onGo(where)}>
                {LABELS[where.to]}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </div>
  );

/** Each names where it leads. */
const LABELS: Record<Remedy['to'], string> = {
  import: 'Import again…',
  problems: 'See the problems',
  duplicates: 'See the duplicates',
  setting: 'Set max length in New run',
};
