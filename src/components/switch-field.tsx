import { Switch } from './fields';

/** A switch with its words beside it, which move it too. */
export const SwitchField = ({
  label,
  checked,
  onChange,
}: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) => (
  <label className="flex items-center gap-2">
    <Switch label={label} checked={checked} onChange={onChange} />
    {label}
  </label>
);
