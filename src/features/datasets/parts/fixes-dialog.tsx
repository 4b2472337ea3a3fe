import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { Input } from '../../../components/fields';
import { formatAmount } from '../../../components/format';
import { Dialog } from '../../../components/overlays';
import { Async, ErrorNote } from '../../../components/states';
import { FIRST_CHANGES } from '../../../lib/types/dataset-versions';
import type { DatasetEdit, SafeFix } from '../../../lib/types/dataset-versions';
import type { Loaded } from '../../../live-store';
import { useLoad } from '../../../use-load';
import { placeOf } from '../use-edits';
import type { Edits } from '../use-edits';
import { FIX_WORDS, fixDone, NO_EDIT } from '../version-words';
import { EditProgress } from './edit-dialog';
import { EditDifference } from './version-diff';

const NAMES = ['trim', 'drop_repeated_user_turn', 'merge_system', 'cut_before_empty_answer'] as const;
const USUAL_TURNS = 6;

/** Offers the fixes that would change something, shows what they change, and applies them. */
export const FixesDialog = ({ edits }: { readonly edits: Edits }) => (
  <Dialog
    open={edits.asked === 'fixes'}
    onOpenChange={() => {
      if (edits.action.busy === null) edits.ask(null);
    }}
    title="Safe fixes"
    wide
  >
    {edits.asked === 'fixes' ? <Offer edits={edits} /> : null}
  </Dialog>
);

const editOf = (fixes: readonly SafeFix[]): DatasetEdit => ({ ...NO_EDIT, fixes: [...fixes] });

const usePreview = ({ dataset: { id, revision } }: Edits, fixes: readonly SafeFix[]) =>
  useLoad(`${id} ${revision} ${JSON.stringify(fixes)}`, () =>
    api.datasets.preview_edit({ id, edit: editOf(fixes), ...FIRST_CHANGES }),
  );

const Offer = ({ edits }: { readonly edits: Edits }) => {
  const [chosen, setChosen] = useState<readonly SafeFix[]>([]);
  const [turns, setTurns] = useState(USUAL_TURNS);
  const countOf = useCounts(edits, turns);
  const offered: readonly SafeFix[] = [...NAMES, { truncate_history: turns }];
  const isChosen = (fix: SafeFix) => chosen.some((one) => keyOf(one) === keyOf(fix));
  const toggle = (fix: SafeFix) =>
    setChosen(isChosen(fix) ? chosen.filter((one) => keyOf(one) !== keyOf(fix)) : [...chosen, fix]);
  const { action } = edits;
  const { next, current } = placeOf(edits.versions);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        edits.apply(editOf(chosen), chosen.map(fixDone).join(', '));
      }}
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-ink-2">
          {`Each is shown before it is applied. Version ${next} comes of it; version ${current} stays as it is.`}
        </legend>
        {offered.map((fix) => (
          <FixChoice
            key={keyOf(fix)}
            fix={fix}
            count={countOf(fix)}
            checked={isChosen(fix)}
            onToggle={() => toggle(fix)}
            onTurns={(kept) => {
              setTurns(kept);
              setChosen(chosen.map((one) => (typeof one === 'string' ? one : { truncate_history: kept })));
            }}
          />
        ))}
      </fieldset>
      {chosen.length > 0 ? <Preview edits={edits} fixes={chosen} /> : null}
      <ErrorNote error={action.failure} />
      <EditProgress edits={edits} />
      <Button
        look="filled"
        submit
        className="self-end"
        busy={action.busy !== null}
        disabled={action.busy !== null || chosen.length === 0}
      >
        {`Apply and make version ${next}`}
      </Button>
    </form>
  );
};

const keyOf = (fix: SafeFix): string => (typeof fix === 'string' ? fix : 'truncate_history');

/** How many records each fix would change: all are asked for at once, and then another number of turns alone. */
const useCounts = (edits: Edits, turns: number) => {
  const first = useCountsOf(edits, [...NAMES, { truncate_history: USUAL_TURNS }]);
  const other = useCountsOf(edits, turns === USUAL_TURNS ? [] : [{ truncate_history: turns }]);
  return (fix: SafeFix): Loaded<number> => other(fix) ?? first(fix) ?? { kind: 'loading' };
};

const useCountsOf = ({ dataset: { id, revision } }: Edits, fixes: SafeFix[]) => {
  const { state } = useLoad(`${id} ${revision} ${JSON.stringify(fixes)}`, async () =>
    fixes.length === 0 ? [] : api.datasets.count_fixes({ id, fixes }),
  );
  return (fix: SafeFix): Loaded<number> | null => {
    const index = fixes.findIndex((one) => JSON.stringify(one) === JSON.stringify(fix));
    if (index === -1) return null;
    return state.kind === 'ready' ? { kind: 'ready', value: state.value[index] ?? 0 } : state;
  };
};

interface FixChoiceProps {
  readonly fix: SafeFix;
  readonly count: Loaded<number>;
  readonly checked: boolean;
  readonly onToggle: () => void;
  readonly onTurns: (kept: number) => void;
}

const FixChoice = ({ fix, count, checked, onToggle, onTurns }: FixChoiceProps) => {
  const words =
    typeof fix === 'string'
      ? FIX_WORDS[fix]
      : {
          label: 'Truncate the history',
          help: 'Keeps the last turns before the answer, from a user turn on.',
        };
  return (
    <div className="flex min-h-9 items-center gap-3">
      <label className="flex min-w-0 flex-1 items-center gap-3">
        <input
          type="checkbox"
          className="size-4 shrink-0 accent-accent"
          checked={checked}
          disabled={count.kind !== 'ready' || count.value === 0}
          onChange={onToggle}
        />
        <span className="min-w-0">
          <span className="font-medium">{words.label}</span>
          <span className="block text-xs text-ink-2">{words.help}</span>
        </span>
      </label>
      {typeof fix === 'string' ? null : <TurnsInput turns={fix.truncate_history} onTurns={onTurns} />}
      <span className="w-40 shrink-0 text-right text-xs text-ink-2">{countWords(count)}</span>
    </div>
  );
};

const TurnsInput = ({
  turns,
  onTurns,
}: {
  readonly turns: number;
  readonly onTurns: (kept: number) => void;
}) => (
  <Input
    type="number"
    aria-label="Turns to keep"
    className="w-20"
    min={1}
    max={1000}
    value={turns}
    onChange={(event) => {
      const kept = Math.trunc(Number(event.target.value));
      if (kept >= 1 && kept <= 1000) onTurns(kept);
    }}
  />
);

const countWords = (count: Loaded<number>): string => {
  if (count.kind === 'loading') return 'counting…';
  if (count.kind === 'error') return 'not counted';
  return count.value === 0 ? 'changes nothing' : `changes ${formatAmount(count.value, 'record')}`;
};

const Preview = ({ edits, fixes }: { readonly edits: Edits; readonly fixes: readonly SafeFix[] }) => {
  const { state, reload } = usePreview(edits, fixes);
  return (
    <section
      aria-label={`What would change: ${fixes.map(fixDone).join(', ')}`}
      tabIndex={0}
      className="relative max-h-[40vh] overflow-y-auto rounded-md border"
    >
      <Async state={state} errorTitle="What would change cannot be shown" onRetry={reload} rows={3}>
        {(diff) => (
          <EditDifference
            key={fixes.map(keyOf).join()}
            dataset={edits.dataset}
            edit={editOf(fixes)}
            diff={diff}
          />
        )}
      </Async>
    </section>
  );
};
