import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { Field, Input, TextArea } from '../../../components/fields';
import { ErrorNote } from '../../../components/states';
import type { Dataset } from '../../../lib/types/lora-training';
import { datasets } from '../../../stores';
import { useAction } from '../../../use-load';

/** Name, description and tags, saved together. */
export const DescribeDataset = ({
  dataset,
  onDone,
}: {
  readonly dataset: Dataset;
  readonly onDone: () => void;
}) => {
  const [name, setName] = useState(dataset.name);
  const [description, setDescription] = useState(dataset.description ?? '');
  const [tags, setTags] = useState(dataset.tags.join(', '));
  const action = useAction();
  const save = async () => {
    const words = {
      name,
      description,
      tags: tags
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    };
    datasets.put(await api.datasets.describe({ id: dataset.id, ...words }));
    onDone();
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        action.run('save', save);
      }}
    >
      <Field label="Name">
        <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label="Description">
        <TextArea
          aria-label="Description"
          rows={3}
          maxLength={2000}
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </Field>
      <Field label="Tags" help="With commas between them.">
        <Input value={tags} onChange={(event) => setTags(event.target.value)} />
      </Field>
      <ErrorNote error={action.failure} />
      <Button
        look="filled"
        submit
        className="self-end"
        busy={action.busy !== null}
        disabled={name.trim() === ''}
      >
        Save
      </Button>
    </form>
  );
};
