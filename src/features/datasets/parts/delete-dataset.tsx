import { api } from '../../../api';
import { attempt } from '../../../attempt';
import { FileText } from '../../../components/file-text';
import { formatCount } from '../../../components/format';
import { AlertDialog } from '../../../components/overlays';
import { showToast } from '../../../components/toasts';
import { DAYS_IN_BIN } from '../../../lib/messages/bin-words';
import { isActive } from '../../../lib/training/job-states';
import type { Dataset, TrainingJob } from '../../../lib/types/lora-training';
import { useRows } from '../../../live-store';
import { jobs } from '../../../stores';
import { useLoad } from '../../../use-load';

interface DeleteDatasetProps {
  readonly dataset: Dataset;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

/** Asks, wherever it is deleted from. */
export const DeleteDataset = ({ dataset, open, onClose, onDeleted }: DeleteDatasetProps) =>
  open ? <Asking dataset={dataset} onClose={onClose} onDeleted={onDeleted} /> : null;

const Asking = ({ dataset, onClose, onDeleted }: Omit<DeleteDatasetProps, 'open'>) => {
  const { id, name } = dataset;
  const users = useUsers(dataset);
  const remove = async () => {
    await api.datasets.delete({ id });
    showToast(
      `“${name}” deleted`,
      `It is in the bin, from which it can be restored for ${DAYS_IN_BIN} days.`,
    );
    onDeleted?.();
  };
  return (
    <AlertDialog
      open
      onOpenChange={onClose}
      title={`Delete “${name}”?`}
      confirm="Delete dataset"
      isRefused={users.some(({ status }) => isActive(status))}
      onConfirm={() => void attempt(`“${name}” was not deleted`, remove)}
    >
      <p>
        {`The copy in the data folder goes to the bin; it can be restored for ${DAYS_IN_BIN} days and is purged then. Your original file, past runs and their models stay.`}
      </p>
      {users.length > 0 ? (
        <p className="mt-2">
          <FileText>{usersWords(users)}</FileText>
        </p>
      ) : null}
    </AlertDialog>
  );
};

/** The jobs that use one of its versions. */
const useUsers = ({ id, revision }: Dataset): readonly TrainingJob[] => {
  const all = useRows(jobs);
  const { state } = useLoad(`${id} ${revision}`, () => api.datasets.versions({ id }));
  const ids = new Set(state.kind === 'ready' ? state.value.flatMap(({ runs }) => runs) : []);
  return all.filter((job) => ids.has(job.id));
};

const NAMED = 5;

const namesOf = (users: readonly TrainingJob[]): string => {
  const more = users.length - NAMED;
  const names = users.slice(0, NAMED).map(({ name }) => `“${name}”`);
  return [...names, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(', ');
};

const usersWords = (users: readonly TrainingJob[]): string => {
  const atWork = users.filter(({ status }) => isActive(status));
  if (atWork.length > 0)
    return `${namesOf(atWork)} ${atWork.length === 1 ? 'is' : 'are'} learning from it now. It can be deleted when that has ended.`;
  return `Used by ${namesOf(users)}. They keep their records and results, and while they are there it cannot be removed from the bin for good.`;
};
