import { api } from '../../../api';
import { Button } from '../../../components/button';
import { classNames } from '../../../components/class-names';
import { formatAmount, formatCount } from '../../../components/format';
import { toErrorPayload } from '../../../lib/messages/app-error';
import type { ErrorPayload } from '../../../lib/types/system';
import type { PackRequest, RecordPacks } from '../../../lib/types/record-packs';
import { useLoad } from '../../../use-load';

type Pack = RecordPacks['packs'][number];
type Packed = Pack['documents'][number];

interface PackBordersProps {
  /** Changes with the records. */
  readonly version: string;
  readonly request: PackRequest;
  readonly onRecord: (index: number) => void;
}

/** Where the tokens are not counted yet, the strip above is at it, and this waits for the same numbers. */
const packsOf = async (request: PackRequest): Promise<RecordPacks> => {
  try {
    return await api.datasets.packs(request);
  } catch (thrown) {
    if (toErrorPayload(thrown).code !== 'tokens_not_counted') throw thrown;
    const { id, base_model_id, max_length } = request;
    await api.datasets.stats({ id, base_model_id, max_length });
    return api.datasets.packs(request);
  }
};

/** Where packing puts the borders around a record: what stands before and behind it when it is trained. */
export const PackBorders = ({ version, request, onRecord }: PackBordersProps) => {
  const { state } = useLoad(`${version} ${JSON.stringify(request)}`, () => packsOf(request));
  return (
    <section aria-label="Packing" className="border-t px-4 py-3">
      <h3 className="text-xs font-semibold">Packing</h3>
      {state.kind === 'loading' ? <p className="text-xs text-ink-3">Looking for its neighbours…</p> : null}
      {state.kind === 'error' ? <NoPacks error={state.error} /> : null}
      {state.kind === 'ready'
        ? state.value.packs.map((pack) => (
            <PackView
              key={pack.number}
              pack={pack}
              packs={state.value}
              index={request.index}
              onRecord={onRecord}
            />
          ))
        : null}
    </section>
  );
};

const NoPacks = ({ error }: { readonly error: ErrorPayload }) => (
  <p role="status" className="text-xs text-ink-2">
    {error.message} {error.hint}
  </p>
);

const span = ({ start, end }: Pick<Packed, 'start' | 'end'>): string =>
  `${formatCount(start + 1)}–${formatCount(end)}`;

const placeWords = (document: Packed): string =>
  document.behind === null ? span(document) : `${span(document.behind)} and ${span(document)}`;

/** What several records begin with goes through the model once. */
const sharedWords = (own: readonly Packed[], documents: readonly Packed[]): string => {
  const behind = own.find((document) => document.behind !== null)?.behind;
  if (!behind) return '';
  const others = documents.filter((document) => document.behind?.start === behind.start).length - own.length;
  return ` ${formatAmount(others, 'other record')} of the row ${others === 1 ? 'begins' : 'begin'} with the same tokens ${span(behind)}, which are computed once.`;
};

/** The row from left to right: what is shared, and behind it what is of one record alone. */
const partsOf = (documents: readonly Packed[]): readonly Pick<Packed, 'start' | 'end'>[] =>
  documents.flatMap((document) =>
    document.behind?.end === document.start ? [document.behind, document] : [document],
  );

const PackView = ({
  pack: { number, documents },
  packs: { step, budget, packs_of_step },
  index,
  onRecord,
}: {
  readonly pack: Pack;
  readonly packs: RecordPacks;
  readonly index: number;
  readonly onRecord: (index: number) => void;
}) => {
  const used = documents.at(-1)?.end ?? 0;
  const own = documents.filter((document) => document.index === index);
  return (
    <div className="mt-1">
      <p className="text-xs text-ink-2">
        {`In step ${formatCount(step)} of the first epoch, row ${formatCount(number)} of ${formatCount(packs_of_step)}: this record is tokens ${own.map(placeWords).join(' and ')} of ${formatCount(used)}, in a row of at most ${formatCount(budget)}. No record sees another; later epochs are shuffled anew.${sharedWords(own, documents)}`}
      </p>
      <div aria-hidden className="mt-2 flex h-2 overflow-hidden rounded-xs border">
        {partsOf(documents).map((part) => (
          <span
            key={part.start}
            style={{ flexGrow: part.end - part.start }}
            className={classNames(
              'basis-0 border-r',
              own.some(({ start, behind }) => start === part.start || behind?.start === part.start)
                ? 'bg-accent'
                : 'bg-surface-0',
            )}
          />
        ))}
        <span style={{ flexGrow: Math.max(0, budget - used) }} className="basis-0" />
      </div>
      <ol aria-label={`Records of row ${formatCount(number)}`} className="mt-1 flex flex-wrap gap-x-2">
        {documents.map((document) => (
          <li key={document.start}>
            <Button
              small
              look="plain"
              aria-current={document.index === index}
              disabled={document.index === index}
              onClick={() => onRecord(document.index)}
            >
              {`line ${formatCount(document.line)}: ${placeWords(document)}`}
            </Button>
          </li>
        ))}
      </ol>
    </div>
  );
};
