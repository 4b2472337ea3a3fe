import { useState } from 'react';
import { api } from '../../../api';
import { Button } from '../../../components/button';
import { TextArea } from '../../../components/fields';
import { ErrorNote } from '../../../components/states';
import type { ModelArtifact } from '../../../lib/types/model-artifact';
import { useAction } from '../../../use-load';
import { FileText } from '../../../components/file-text';

const NEW_TOKENS = 200;

export const TryModel = ({ model }: { readonly model: ModelArtifact }) => {
  const [prompt, setPrompt] = useState('');
  const [answers, setAnswers] = useState<{ base: string; adapter: string } | null>(null);
  const action = useAction();
  const ask = async () => {
    setAnswers(null);
    setAnswers(await api.models.generate({ id: model.id, prompt, max_new_tokens: NEW_TOKENS }));
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        action.run('ask', ask);
      }}
    >
      <TextArea
        aria-label="Question"
        placeholder="Ask both the same question"
        rows={3}
        maxLength={8000}
        value={prompt}
        onChange={(event) => setPrompt(event.target.value)}
      />
      <div className="flex items-center justify-between gap-3">
        <span className="text-xs text-ink-2">Greedy, at most {NEW_TOKENS} new tokens.</span>
        <Button look="filled" submit busy={action.busy !== null} disabled={prompt.trim() === ''}>
          Ask both
        </Button>
      </div>
      <ErrorNote error={action.failure} onDismiss={action.clear} />
      <div
        aria-live="polite"
        aria-busy={action.busy !== null}
        className="grid min-h-40 grid-cols-1 rounded-md border medium:grid-cols-2 medium:divide-x"
      >
        <Answer title="Untouched model" text={answers?.base} />
        <Answer title="Adapter" text={answers?.adapter} />
      </div>
    </form>
  );
};

const Answer = ({ title, text }: { readonly title: string; readonly text: string | undefined }) => (
  <div className="p-3">
    <h3 className="text-xs font-medium">{title}</h3>
    <p className="mt-1 break-words whitespace-pre-wrap text-ink-2">
      {text === undefined ? null : <FileText>{text}</FileText>}
    </p>
  </div>
);
