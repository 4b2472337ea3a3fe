import { useState } from 'react';
import { Input } from '../../../components/fields';

/** Saved when the field is left or Enter is pressed; what is no number stays unsaved and says so. */
export const NumberSetting = ({
  label,
  unit,
  help,
  value,
  scale = 1,
  onSave,
}: {
  readonly label: string;
  readonly unit: string;
  readonly help: string;
  readonly value: number;
  readonly scale?: number;
  readonly onSave: (value: number) => void;
}) => {
  const [draft, setDraft] = useState<string | null>(null);
  const number = Number(draft);
  const wrong =
    draft !== null &&
    (draft.trim() === '' || !Number.isFinite(number) || number < 0 || (scale > 1 && number < 1));
  const save = () => {
    if (draft === null || wrong) return;
    const next = scale > 1 ? Math.round(number * scale) : number;
    if (next !== value) onSave(next);
    setDraft(null);
  };
  return (
    <label className="flex items-center gap-4">
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{label}</span>
        <span className={`block text-xs ${wrong ? 'text-bad' : 'text-ink-2'}`}>
          {wrong ? 'Give a number that is not negative.' : help}
        </span>
      </span>
      <Input
        className="w-28 text-right"
        inputMode="decimal"
        value={draft ?? String(value / scale)}
        aria-invalid={wrong}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
        }}
      />
      <span className="w-20 text-xs text-ink-2">{unit}</span>
    </label>
  );
};
