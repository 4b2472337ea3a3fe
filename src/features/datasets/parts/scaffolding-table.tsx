import { Grid3x3 } from 'lucide-react';
import { formatAmount, formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import { Measured, MeasuredFacts } from '../../../components/measured';
import { EmptyState } from '../../../components/states';
import type { DatasetSurvey } from '../../../lib/types/dataset-numbers';
import type { Dataset } from '../../../lib/types/lora-training';
import { countBy, crossed } from '../scaffolding-cells';
import { useSurvey } from '../use-numbers';
import { Measuring } from './measuring';
import { FileText } from '../../../components/file-text';

/** The design of a dataset of form A or B: persona by arc, and topics beside it. */
export const ScaffoldingTable = ({ dataset }: { readonly dataset: Dataset }) => {
  const { state, reload } = useSurvey(dataset);
  return (
    <Measuring datasetId={dataset.id} kind="survey" state={state} onRetry={reload}>
      {({ scaffolding, methods }) =>
        scaffolding === null ? (
          <Panel plain>
            <EmptyState icon={Grid3x3} title="No design in this file">
              Persona, arc and topic are what files of the BrightRun forms say of their records.
            </EmptyState>
          </Panel>
        ) : (
          <Design scaffolding={scaffolding} method={methods['scaffolding']} />
        )
      }
    </Measuring>
  );
};

interface DesignProps {
  readonly scaffolding: NonNullable<DatasetSurvey['scaffolding']>;
  readonly method: string | undefined;
}

const Design = ({ scaffolding, method }: DesignProps) => (
  <div className="grid items-start gap-4 narrow:grid-cols-[1fr_20rem]">
    <Panel
      title="Persona and arc"
      plain
      note={
        <Measured value={`${formatAmount(scaffolding.records, 'record')} with a design`} method={method} />
      }
    >
      <Crossed scaffolding={scaffolding} method={method} />
    </Panel>
    <Panel title="Topics">
      <MeasuredFacts
        rows={countBy(scaffolding.cells, 'topic').map(({ name, records }) => ({
          label: inWords(name),
          value: formatCount(records),
          method,
        }))}
      />
    </Panel>
  </div>
);

const inWords = (name: string): string => name.replaceAll('_', ' ');

const HEAD = 'border-b px-3 py-2 align-bottom text-xs font-medium text-ink-3 first:pl-4 last:pr-4';
const CELL = 'h-9 px-3 text-right tabular-nums last:pr-4';

const Crossed = ({ scaffolding: { cells }, method }: DesignProps) => {
  const table = crossed(cells);
  const arcs = countBy(cells, 'arc');
  return (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Persona and arc, scrolls sideways">
      <table aria-label="Records by persona and arc" className="w-full border-collapse">
        <thead>
          <tr>
            <th scope="col" className={`${HEAD} text-left`}>
              Persona
            </th>
            {arcs.map(({ name }) => (
              <th key={name} scope="col" className={`${HEAD} text-right`}>
                <FileText>{inWords(name)}</FileText>
              </th>
            ))}
            <th scope="col" className={`${HEAD} text-right`}>
              All
            </th>
          </tr>
        </thead>
        <tbody>
          {countBy(cells, 'persona').map(({ name, records }) => (
            <tr key={name} className="border-b last:border-0 hover:bg-hover">
              <th scope="row" className="px-3 pl-4 text-left font-medium whitespace-nowrap">
                <FileText>{inWords(name)}</FileText>
              </th>
              {arcs.map((arc) => (
                <td key={arc.name} title={method} className={CELL}>
                  {count(table.get(name)?.get(arc.name))}
                </td>
              ))}
              <td title={method} className={`${CELL} font-medium`}>
                {formatCount(records)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const count = (records: number | undefined): string => (records === undefined ? '—' : formatCount(records));
