import { Badge } from '../../../components/badge';
import { formatCount } from '../../../components/format';
import { visibleText } from '../../../lib/visible-text';
import { problemAmountWords } from '../../../lib/messages/problem-amounts';
import { withoutFlags } from '../../../lib/messages/without-flags';
import { SALVAGE_WORDS } from '../reading-changes';
import type { DatasetProblem, DatasetReport } from '../../../lib/types/dataset-records';

const SHOWN = 5;
const HERE = 'Say so in the fields of this page.';
const TONES = { error: 'bad', warning: 'warn', info: 'info' } as const;

/** What to do here; where it is done already, nothing. */
const remedyOf = ({ suggestion }: DatasetProblem, isSalvaged: boolean): string => {
  if (suggestion?.includes('--salvage') !== true) return withoutFlags(suggestion ?? '', HERE);
  return isSalvaged ? '' : `Correct this place, or turn on “${SALVAGE_WORDS}”.`;
};

export const ProblemPreview = ({
  report,
  isSalvaged,
}: {
  readonly report: DatasetReport;
  /** Whether what stands whole is taken. */
  readonly isSalvaged: boolean;
}) => {
  if (report.problems_total === 0) return null;
  const more = report.problems_total - SHOWN;
  return (
    <div role="group" aria-label="First problems" className="flex min-w-0 flex-col gap-2">
      <h3 className="font-medium">{problemAmountWords(report)}</h3>
      <ul className="flex flex-col gap-2">
        {report.problems.slice(0, SHOWN).map((problem, index) => (
          <li key={index} className="flex min-w-0 gap-2">
            <Badge tone={TONES[problem.severity]}>{`Line ${formatCount(problem.line)}`}</Badge>
            <bdi className="min-w-0 break-words">
              {visibleText(problem.error)}
              <span className="text-ink-2"> {visibleText(remedyOf(problem, isSalvaged))}</span>
            </bdi>
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <p className="text-xs text-ink-2">{`and ${formatCount(more)} more, all listed after the import`}</p>
      ) : null}
    </div>
  );
};
