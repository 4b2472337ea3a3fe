import type { Command } from 'commander';
import { resolve } from 'node:path';
import { z } from 'zod';
import { formatBytes, formatExactTime } from '../../../src/lib/messages/format';
import { verdictSentence } from '../../../src/lib/messages/held-out-verdict';
import { uncheckedWords } from '../../../src/lib/messages/llama-cpp-check';
import { mergedLossWords } from '../../../src/lib/messages/merged-loss';
import { versionedName } from '../../../src/lib/training/mixture';
import {
  type ArtifactExport,
  ExportFormat,
  type ExportVerification,
  type ModelArtifact,
} from '../../../src/lib/types/model-artifact';
import type { KeptRunDataset } from '../../../src/lib/types/run-mixture';
import { NoOptions, operand, type Registry } from '../command';
import { EXIT } from '../exit-codes';
import { findArtifact, findDeletedArtifact } from '../find';
import type { Output } from '../output/output';
import type { Column } from '../output/table';
import { shortId } from '../run/describe-job';
import { adapterDirOf, artifactDocument, artifactFiles } from '../output/documents';

const loss = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

export const lossChange = ({
  quality_metrics: { base_validation_loss, final_validation_loss },
}: ModelArtifact): string => `${loss(base_validation_loss)} → ${loss(final_validation_loss)}`;

/** Of a comparison's loss there is none. */
const perplexityOf = ({
  quality_metrics: { base_perplexity, perplexity },
}: ModelArtifact): [string, string][] =>
  perplexity === null
    ? []
    : [['perplexity', `${base_perplexity?.toFixed(2) ?? '–'} → ${perplexity.toFixed(2)}`]];

const COLUMNS: readonly Column<ModelArtifact>[] = [
  { title: 'ID', text: ({ id }) => shortId(id) },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'VERSION', text: ({ version }) => version },
  { title: 'BASE MODEL', text: ({ training_summary }) => training_summary.base_model_name },
  { title: 'HELD-OUT LOSS', text: lossChange },
  { title: 'MADE', text: ({ created_at }) => formatExactTime(created_at) },
];

interface Around {
  readonly datasets: readonly KeptRunDataset[];
  readonly folder: string;
}

/** As it was called when it was trained, which holds where its run is not known here. */
const datasetOf = ({ training_summary: { dataset_name } }: ModelArtifact, { datasets }: Around): string => {
  const [only, ...more] = datasets;
  if (only === undefined) return dataset_name;
  return versionedName(more.length > 0 ? datasets : [{ ...only, name: dataset_name }]);
};

const pairsOf = (artifact: ModelArtifact, around: Around): [string, string][] => [
  ['id', artifact.id],
  ['name', artifact.name],
  ['version', artifact.version],
  ['status', artifact.status],
  ['run', artifact.job_id ?? '–'],
  ['dataset', datasetOf(artifact, around)],
  ['base model', artifact.training_summary.base_model_name],
  ['held-out loss', lossChange(artifact)],
  ['verdict', verdictSentence(artifact.quality_metrics)],
  ...perplexityOf(artifact),
  ['from step', String(artifact.source_step ?? '–')],
  ['folder', around.folder],
  ...artifact.artifacts.map(({ name, size_bytes, sha256 }): [string, string] => [
    name,
    `${formatBytes(size_bytes)}, SHA-256 ${sha256}`,
  ]),
];

const addLooks = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'list',
    about: 'every model',
    flags: [['--deleted', 'those that were put away instead']],
    options: z.object({ deleted: z.boolean().default(false) }),
    run: async (work) => {
      const { app, output, options } = work;
      const { models } = app.services;
      const artifacts = await (options.deleted ? models.listDeleted() : models.list());
      if (output.json) output.document(artifacts.map((artifact) => artifactDocument(work, artifact)));
      else if (artifacts.length === 0 && options.deleted) output.line('No model was put away.');
      else if (artifacts.length === 0)
        output.line(`No models yet. Train one with: ${output.command('train')}`);
      else output.table(COLUMNS, artifacts);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'show <model>',
    about: 'one model, its figures and its files',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const artifact = await findArtifact(app.services, operand(args));
      const { job_id } = artifact;
      const datasets = job_id === null ? [] : await app.services.jobs.datasets(job_id);
      if (output.json) output.document({ ...artifactDocument(work, artifact), datasets });
      output.pairs(pairsOf(artifact, { datasets, folder: adapterDirOf(work, artifact) }));
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'verify <model>',
    about: 'compare every file with its hash and load the adapter',
    options: NoOptions,
    run: async (work) => {
      const { app, output, args } = work;
      const { id } = await findArtifact(app.services, operand(args));
      output.note('Comparing the files and loading the adapter …');
      const artifact = await app.services.models.verify(id);
      output.answer({ id, ok: true, files: artifactFiles(work, artifact) }, () => [
        'Every file is as it was stored, and the adapter loads.',
      ]);
      return EXIT.done;
    },
  });
};

/** Out of sight and back again. */
const addDeletion = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'delete <model>',
    about: 'put a model away',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id, name } = await findArtifact(app.services, operand(args));
      await app.services.models.delete(id);
      output.answer({ id, deleted: true }, () => [
        `“${name}” was put away; its files stay until its run is deleted.`,
        `Bring it back with: ${output.command(`artifacts restore ${shortId(id)}`)}`,
      ]);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'restore <model>',
    about: 'bring a model back that was put away',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id, name } = await findDeletedArtifact(app.services, operand(args));
      await app.services.models.restore(id);
      output.answer({ id, deleted: false }, () => [`“${name}” is back.`]);
      return EXIT.done;
    },
  });
};

export const exportOf = ({ path, files, verification }: ArtifactExport) => ({ path, files, verification });

const checkLine = (verification: ExportVerification): string => {
  const unchecked = uncheckedWords(verification);
  if (unchecked !== null) return unchecked;
  const difference = `the logits differ by at most ${verification.max_abs_diff?.toExponential(1) ?? '–'}`;
  const losses = mergedLossWords(verification);
  const figures = losses === null ? difference : `${losses}; ${difference}`;
  if (verification.gguf) return `Checked in llama.cpp ${verification.gguf.llama_cpp ?? ''}: ${figures}.`;
  return losses === null
    ? `Checked in plain PEFT: ${figures}.`
    : `Checked against base and adapter: ${figures}.`;
};

const tellExport = (output: Output, made: ArtifactExport): void => {
  const { path, files, verification } = made;
  output.answer(exportOf(made), () => [
    `The export is in ${path}`,
    ...files.map(({ name, size_bytes }) => `  ${name}  ${formatBytes(size_bytes)}`),
    ...(verification ? [checkLine(verification)] : []),
  ]);
};

const addExport = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'export <model>',
    about: 'write a model for other programs, and check what was written',
    flags: [
      [
        '--format <format>',
        `${ExportFormat.options.join(', ')}; without it adapter, or what the path ends in`,
      ],
      ['--to <path>', 'a folder; for zip and gguf also a file with that ending'],
    ],
    options: z.object({ format: ExportFormat.optional(), to: z.string().min(1, 'give a path') }),
    run: async ({ app, output, args, options }) => {
      const { id } = await findArtifact(app.services, operand(args));
      const format = options.format ?? formatOf(options.to);
      output.liveLine('Writing the export and comparing it with the trained model …');
      tellExport(output, await app.services.models.export({ id, format, to: resolve(options.to) }));
      return EXIT.done;
    },
  });

const formatOf = (to: string): ExportFormat => {
  if (to.endsWith('.gguf')) return 'gguf';
  return to.endsWith('.zip') ? 'zip' : 'adapter';
};

export const addArtifacts = (registry: Registry): void => {
  const group = registry.program.command('artifacts').description('models that runs have made');
  addLooks(group, registry);
  addDeletion(group, registry);
  addExport(group, registry);
};
