import { TriangleAlert } from 'lucide-react';
import { api } from '../../../api';
import { inexactWords } from '../../../lib/training/inexact';
import type { TrainingJob } from '../../../lib/types/lora-training';
import { useLoad } from '../../../use-load';

/** Of a run that went on in other surroundings: its figures are no longer bit for bit those of one that never stopped. */
export const InexactNote = ({ job: { id, attempt, current_stage } }: { readonly job: TrainingJob }) => {
  // An attempt says it before it loads its model; no attempt goes on from nothing.
  const { state } = useLoad(`${id} ${attempt} ${current_stage}`, () =>
    attempt < 2 ? Promise.resolve([]) : api.jobs.attempts({ id }),
  );
  const words = state.kind === 'ready' ? inexactWords(state.value) : [];
  return words.length === 0 ? null : (
    <section
      aria-label="Not bit for bit"
      className="flex shrink-0 items-start gap-2 rounded-lg bg-warn-tint px-4 py-2 text-xs text-warn"
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <ul className="min-w-0 break-words">
        {words.map((each) => (
          <li key={each}>Not bit for bit the run that it would have been {each}.</li>
        ))}
      </ul>
    </section>
  );
};
