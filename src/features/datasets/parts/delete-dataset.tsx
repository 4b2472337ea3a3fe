import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { AlertDialog } from '../../../components/overlays';
import { showToast } from '../../../components/toasts';
import type { Dataset } from '../../../lib/types/lora-training';

interface DeleteDatasetProps {
  readonly dataset: Dataset;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, wherever it is deleted from. */
export const DeleteDataset = ({ dataset: { id, name }, open, onClose, onDeleted }: DeleteDatasetProps) => {
  const remove = async () => {
    await api.datasets.delete({ id });
    showToast(`“${name}” deleted`, 'It is in the bin, from which it can be restored.');
    onDeleted?.();
  };
  return (
    <AlertDialog
      open={open}
      onOpenChange={onClose}
      title={`Delete “${name}”?`}
      confirm="Delete dataset"
      onConfirm={() => void attempt(`“${name}” was not deleted`, remove)}
    >
      The copy in the data folder goes to the bin; it can be restored. Your original file, past runs and their
      models stay.
    </AlertDialog>
  );
};
