import { verdictSentence } from '../../../src/lib/messages/held-out-verdict';
import type { ExportFormat, ModelArtifact, TrainingSummary } from '../../../src/lib/types/model-artifact';

const figure = (value: number | null, digits = 4): string =>
  value === null ? 'not measured' : value.toFixed(digits);

const settingsTable = (artifact: ModelArtifact): string[] =>
  Object.entries(artifact.configuration).map(([name, value]) => `| ${name} | ${JSON.stringify(value)} |`);

const heldOut = ({ quality_metrics: quality }: ModelArtifact): string[] => [
  '| | Base model | With this adapter |',
  '|---|---|---|',
  `| Loss | ${figure(quality.base_validation_loss)} | ${figure(quality.final_validation_loss)} |`,
  `| Perplexity | ${figure(quality.base_perplexity, 2)} | ${figure(quality.perplexity, 2)} |`,
  '',
  verdictSentence(quality),
  '',
  `Method: ${quality.method}; ${quality.held_out_records} held-out records, ${quality.held_out_tokens} trained tokens, ` +
    `precision ${quality.precision}.`,
];

const BITS = { int8: '8-bit (int8)', nf4: '4-bit (NF4)' } as const;

const quantizedBase = ({ configuration: { quantization } }: ModelArtifact): string[] =>
  quantization === 'none'
    ? []
    : [
        `The base model had ${BITS[quantization]} weights in training, and in the measurements above. ` +
          'Before the export was called done, the adapter was loaded in plain PEFT on the base model as it is, ' +
          'where its answers may differ a little.',
        '',
      ];

// Of plain text no template is made use of.
const template = ({ configuration: { method } }: ModelArtifact, has_chat_template: boolean): string[] =>
  has_chat_template || method === 'text'
    ? []
    : [
        "The base model has no chat template. Pipeline's plain one was used in training and is in this folder: every " +
          'message is its role and a colon on a line, then its text; an answer ends with the end-of-text token.',
        '',
      ];

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

const learnedFrom = (summary: TrainingSummary): string[] => {
  const { dataset_name, dataset_version_sha256, dataset_sources: sources, train_records } = summary;
  if (sources === undefined)
    return [
      `Dataset “${dataset_name}” (SHA-256 ${dataset_version_sha256}), ${train_records} records to train on.`,
    ];
  return [
    `A mixture; ${train_records} records an epoch, repeats counted.`,
    '',
    '| Dataset | Weight | SHA-256 |',
    '|---|---|---|',
    ...sources.map(({ name, weight, sha256 }) => `| ${oneLine(name)} | ${weight} | ${sha256} |`),
  ];
};

const TOKENIZER = 'tokenizer = AutoTokenizer.from_pretrained("path/to/this-folder")';

const LOAD_ADAPTER = [
  '```python',
  'from peft import PeftModel',
  'from transformers import AutoModelForCausalLM, AutoTokenizer',
  '',
  'base = AutoModelForCausalLM.from_pretrained("path/to/base-model")',
  'model = PeftModel.from_pretrained(base, "path/to/this-folder")',
  TOKENIZER,
  '```',
];

const LOAD_MERGED = [
  '```python',
  'from transformers import AutoModelForCausalLM, AutoTokenizer',
  '',
  'model = AutoModelForCausalLM.from_pretrained("path/to/this-folder")',
  TOKENIZER,
  '```',
];

interface Kind {
  readonly library: string;
  readonly merged: boolean;
  readonly loading: readonly string[];
}

const ADAPTER: Kind = { library: 'peft', merged: false, loading: LOAD_ADAPTER };

const KINDS: Readonly<Record<ExportFormat, Kind>> = {
  adapter: ADAPTER,
  zip: ADAPTER,
  merged: { library: 'transformers', merged: true, loading: LOAD_MERGED },
  'gguf-adapter': {
    library: 'gguf',
    merged: false,
    loading: ['```sh', 'llama-cli -m path/to/base-model.gguf --lora adapter.gguf', '```'],
  },
  gguf: { library: 'gguf', merged: true, loading: ['```sh', 'llama-cli -m model.gguf', '```'] },
};

interface CardOptions {
  readonly format: ExportFormat;
  /** Of the base model. */
  readonly has_chat_template: boolean;
}

/** README of an export: what it learned from, how, what was measured, and how to load it. */
export const modelCard = (artifact: ModelArtifact, { format, has_chat_template }: CardOptions): string => {
  const { library, merged, loading } = KINDS[format];
  const { training_summary: summary } = artifact;
  return [
    '---',
    `library_name: ${library}`,
    `base_model: ${JSON.stringify(summary.base_model_name)}`,
    'tags: [lora]',
    '---',
    '',
    `# ${artifact.name.replaceAll(/\s+/g, ' ')}`,
    '',
    merged
      ? `${summary.base_model_name} with a LoRA adapter merged into its weights, version ${artifact.version}.`
      : `A LoRA adapter for ${summary.base_model_name}, version ${artifact.version}.`,
    '',
    '## Data',
    '',
    ...learnedFrom(summary),
    '',
    '## Held-out loss',
    '',
    ...heldOut(artifact),
    '',
    '## Training',
    '',
    ...template(artifact, has_chat_template),
    ...quantizedBase(artifact),
    `Taken from step ${summary.source_step} of ${summary.total_steps}, on ${summary.device}. ` +
      `Base model fingerprint ${summary.base_model_fingerprint}.`,
    '',
    '| Setting | Value |',
    '|---|---|',
    ...settingsTable(artifact),
    '',
    '## Loading',
    '',
    ...loading,
    '',
  ].join('\n');
};
