import { Download } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { Segments } from '../../../components/fields';
import { ErrorNote } from '../../../components/states';
import { fileNameOf } from '../../../lib/file-name';
import type { ArtifactExport, ExportFormat, ModelArtifact } from '../../../lib/types/model-artifact';
import { useAction } from '../../../use-load';

const FORMATS = [
  { value: 'adapter', label: 'Folder' },
  { value: 'zip', label: 'ZIP file' },
  { value: 'merged', label: 'Merged model' },
  { value: 'gguf-adapter', label: 'GGUF adapter' },
  { value: 'gguf', label: 'Merged GGUF' },
] as const;

const ADAPTER =
  'Adapter, configuration, tokenizer, chat template and a model card that names data, settings and the losses ' +
  'before and after. It is loaded again in plain PEFT and compared before it counts as done.';
const CONTENTS: Readonly<Record<ExportFormat, string>> = {
  adapter: ADAPTER,
  zip: ADAPTER,
  merged:
    'The base model with the adapter added to its weights, in its own number format and of its size, with ' +
    'tokenizer, chat template and model card; it needs no PEFT. It is loaded again and compared with base and ' +
    'adapter on the held-out records before it counts as done. Where rounding would lose what a short run ' +
    'learned, it is written in float32, which takes twice the space.',
  'gguf-adapter':
    'The adapter as one file for llama.cpp and programs built on it, to be loaded beside the base model as GGUF. ' +
    'It is loaded in llama.cpp, on a base model written for this alone, and compared before it counts as done.',
  gguf:
    'The base model with the adapter added, its tokenizer and its chat template in one file for llama.cpp and ' +
    'programs built on it, of the base model’s size. It is loaded in llama.cpp and compared with base and adapter ' +
    'on the held-out records before it counts as done.',
};

const MERGED: ReadonlySet<ExportFormat> = new Set(['merged', 'gguf']);
const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  adapter: '',
  zip: '.zip',
  merged: '',
  'gguf-adapter': '.gguf',
  gguf: '.gguf',
};

export const ExportChoice = ({
  model,
  onStarted,
  onDone,
}: {
  readonly model: ModelArtifact;
  readonly onStarted: (one: ArtifactExport) => void;
  readonly onDone: () => void;
}) => {
  const [format, setFormat] = useState<ExportFormat>('adapter');
  const action = useAction();
  const start = async () => {
    const file = fileNameOf(model.name, MERGED.has(format) ? 'merged' : 'adapter');
    const to = await api.desktop.choose_save_path({ name: `${file}${ENDINGS[format]}` });
    if (to === null) return;
    onStarted(await api.models.export({ id: model.id, format, to }));
    onDone();
  };
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Segments label="Format" value={format} options={FORMATS} onChange={setFormat} />
      </div>
      <p className="text-ink-2">{CONTENTS[format]}</p>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <Button
        look="filled"
        icon={Download}
        className="self-end"
        busy={action.busy !== null}
        onClick={() => action.run('export', start)}
      >
        Choose where…
      </Button>
    </div>
  );
};
