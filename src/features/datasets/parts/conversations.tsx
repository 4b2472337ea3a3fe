import { api } from '../../../api';
import { Button } from '../../../components/button';
import { Segments } from '../../../components/fields';
import { formatAmount, formatCount } from '../../../components/format';
import { Panel } from '../../../components/layout';
import type { RecordSide } from '../../../lib/types/dataset-records';
import type { Dataset } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';
import { lineSought } from '../../../lib/line-sought';
import { usePageKeys } from '../../../page-keys';
import type { Edits } from '../use-edits';
import { useMarks } from '../use-marks';
import type { Marks } from '../use-marks';
import { useRecords } from '../use-records';
import type { Records } from '../use-records';
import type { Selection } from '../version-words';
import { RecordList } from './record-list';
import { RecordText } from './record-text';

interface ConversationsProps {
  readonly edits: Edits;
  /** What to begin with. */
  readonly start?: RecordSide | undefined;
}

export const Conversations = ({ edits, start }: ConversationsProps) => {
  const records = useRecords(edits.dataset, { side: start });
  const marks = useMarks(edits.dataset);
  const kind = records.side === 'used' ? 'exclude' : 'include';
  const ask = (ids: readonly string[]) => {
    if (ids.length === 0) return;
    const selection: Selection = { kind, ids, which: '' };
    edits.ask(selection);
    marks.clear();
  };
  const currentIds = records.current ? [records.current.record.id] : [];
  usePageKeys({
    j: () => records.move(1),
    k: () => records.move(-1),
    x: () => ask(marks.ids.size > 0 ? [...marks.ids] : currentIds),
  });
  return (
    <div className="flex min-h-0 flex-1 gap-4 max-medium:flex-col">
      <RecordList
        records={records}
        marks={marks}
        head={<Sides edits={edits} records={records} onChange={marks.clear} />}
        elsewhere={<AlsoExcluded dataset={edits.dataset} records={records} />}
        foot={<Chosen edits={edits} records={records} marks={marks} onAsk={() => ask([...marks.ids])} />}
      />
      <Panel plain className="flex-1 overflow-y-auto">
        {records.current ? (
          <RecordText
            row={records.current}
            isExcluded={records.side === 'excluded'}
            onAsk={() => ask(currentIds)}
          />
        ) : null}
      </Panel>
    </div>
  );
};

/** Where some were left out, they can be seen as well. */
const Sides = ({
  edits: { dataset },
  records,
  onChange,
}: {
  readonly edits: Edits;
  readonly records: Records;
  readonly onChange: () => void;
}) => {
  const excluded = dataset.report?.excluded_records ?? 0;
  if (excluded === 0 && records.side === 'used') return null;
  return (
    <div>
      <Segments
        label="Which records"
        value={records.side}
        options={[
          { value: 'used', label: `In use ${formatCount(dataset.report?.usable_records ?? 0)}` },
          { value: 'excluded', label: `Excluded ${formatCount(excluded)}` },
        ]}
        onChange={(next) => {
          onChange();
          records.show(next);
        }}
      />
    </div>
  );
};

/** A search among the records in use says what it would find among those that were left out. */
const AlsoExcluded = ({ dataset, records }: { readonly dataset: Dataset; readonly records: Records }) => {
  const { query, side, show } = records;
  const { id, report, revision } = dataset;
  const isAsked = side === 'used' && query.trim() !== '' && (report?.excluded_records ?? 0) > 0;
  const { state } = useLoad(JSON.stringify([id, revision, isAsked && query]), async () =>
    isAsked ? (await api.datasets.excluded({ id, offset: 0, limit: 1, query })).total : 0,
  );
  const found = state.kind === 'ready' ? state.value : 0;
  if (found === 0) return null;
  return (
    <p className="flex items-center gap-2 text-xs text-ink-2">
      {`${formatAmount(found, 'excluded record')} ${found === 1 ? 'holds' : 'hold'} it too.`}
      <Button small look="plain" className="ml-auto" onClick={() => show('excluded')}>
        Show excluded
      </Button>
    </p>
  );
};

/** What can be done with the marked records, or with all that a search found. */
const Chosen = ({
  edits,
  records: { query, side, state },
  marks,
  onAsk,
}: {
  readonly edits: Edits;
  readonly records: Records;
  readonly marks: Marks;
  readonly onAsk: () => void;
}) => {
  const found = state.kind === 'ready' ? state.value.total : 0;
  const verb = side === 'used' ? 'Exclude' : 'Include';
  if (marks.ids.size > 0)
    return (
      <div className="flex items-center gap-2 border-t px-2 py-2">
        <Button small onClick={onAsk}>
          {`${verb} ${formatCount(marks.ids.size)} marked…`}
        </Button>
        <Button small look="plain" onClick={marks.clear}>
          Clear marks
        </Button>
      </div>
    );
  if (query.trim() === '' || found === 0) return null;
  const line = lineSought(query);
  const which = line === null ? `All that hold “${query.trim()}”.` : `All of line ${formatCount(line)}.`;
  return (
    <div className="border-t px-2 py-2">
      <Button small onClick={() => void edits.askFitting({ query, problem: null, side, which })}>
        {`${verb} all ${formatCount(found)} found…`}
      </Button>
    </div>
  );
};
