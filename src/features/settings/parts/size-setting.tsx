import { useState } from 'react';
import { Field, Input } from '../../../components/fields';
import { formatCount } from '../../../components/format';

const MEGABYTE = 1e6;

/** A size in MB, saved when the field is left or Enter is pressed; what is none stays unsaved and says so. */
export const SizeSetting = ({
  label,
  help,
  bytes,
  onSave,
}: {
  readonly label: string;
  readonly help: string;
  readonly bytes: number;
  readonly onSave: (bytes: number) => void;
}) => {
  const [draft, setDraft] = useState<string | null>(null);
  const error = draft === null ? null : sizeError(draft);
  const save = () => {
    if (draft === null || error !== null) return;
    const next = Math.round(Number(draft) * MEGABYTE);
    if (next !== bytes) onSave(next);
    setDraft(null);
  };
  return (
    <Field label={label} unit="MB" help={help} error={error ?? undefined}>
      <Input
        className="max-w-40"
        inputMode="decimal"
        value={draft ?? String(bytes / MEGABYTE)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
        }}
      />
    </Field>
  );
};

const sizeError = (draft: string): string | null => {
  const size = Number(draft);
  if (draft.trim() === '' || !Number.isFinite(size)) return 'Give a number of MB.';
  if (size < 1) return 'Give 1 MB or more.';
  return Number.isSafeInteger(Math.round(size * MEGABYTE))
    ? null
    : `Give ${formatCount(Number.MAX_SAFE_INTEGER / MEGABYTE)} MB or less.`;
};
