import { join, resolve } from 'node:path';
import { z } from 'zod';
import { verdictSentence } from '../../../src/lib/messages/held-out-verdict';
import type { TrainingJob } from '../../../src/lib/types/lora-training';
import type { ArtifactExport, ModelArtifact } from '../../../src/lib/types/model-artifact';
import { exportTarget } from '../../services/models/export-target';
import { DEMO_PROMPT_ID, tryIt } from '../../try-it';
import { type Registry, WholeNumber, type Workplace } from '../command';
import { EXIT } from '../exit-codes';
import { adapterDirOf } from '../output/documents';
import { runInForeground } from '../run/foreground';
import { exportOf, lossChange } from './artifacts';

const DemoOptions = z.object({
  steps: WholeNumber.pipe(z.int().min(1, 'give 1 or more').max(10_000, 'give 10000 or less')).optional(),
  to: z.string().min(1).optional(),
});

interface Answers {
  readonly question: string;
  readonly before: string;
  readonly after: string;
}

/** Before anything is trained, so that nobody trains for a name that is taken. */
const targetOf = async (to: string | undefined, dataDir: string): Promise<string | undefined> =>
  to === undefined ? undefined : exportTarget({ format: 'adapter', to: resolve(to), dataDir });

/** The run itself asked the question of the untouched model and of its result. */
const answersOf = async ({ app }: Workplace, job: TrainingJob): Promise<Answers> => {
  const samples = await app.services.jobs.samples(job.id);
  const asked = samples.filter(({ prompt_id }) => prompt_id === DEMO_PROMPT_ID);
  const [first, last] = [asked[0], asked.at(-1)];
  return { question: first?.prompt ?? '', before: first?.text ?? '', after: last?.text ?? '' };
};

interface Told {
  readonly artifact: ModelArtifact;
  readonly answers: Answers;
  readonly exported: ArtifactExport | null;
}

const tell = (work: Workplace, { artifact, answers, exported }: Told): void => {
  const { output } = work;
  const adapter_path = adapterDirOf(work, artifact);
  const { question, before, after } = answers;
  if (output.json) {
    const { base_validation_loss, final_validation_loss } = artifact.quality_metrics;
    const losses = { base_validation_loss, final_validation_loss };
    const where = { artifact_id: artifact.id, adapter_path, ...(exported && { export: exportOf(exported) }) };
    output.document({ event: 'demo', ...where, ...losses, ...answers });
    return;
  }
  output.line(`Adapter        ${adapter_path}`);
  if (exported) output.line(`Exported to    ${exported.path}`);
  output.line(`Held-out loss  ${lossChange(artifact)}`);
  output.line(`Verdict        ${verdictSentence(artifact.quality_metrics)}`);
  output.line(`\n${question}`, 'bold');
  output.line(`Before: ${before}`);
  output.line(`After:  ${after}`, 'green');
};

const exportTo = (work: Workplace, { id }: ModelArtifact, to: string | undefined) =>
  to === undefined ? null : work.app.services.models.export({ id, format: 'adapter', to });

export const addDemo = ({ program, add }: Registry): void =>
  add(program, {
    usage: 'demo',
    about: 'the main job on the bundled model and sample, with the answer before and after',
    flags: [
      ['--steps <n>', 'how many steps, in place of a short probe of this machine'],
      ['--to <folder>', 'export the adapter there'],
    ],
    options: DemoOptions,
    run: async (work) => {
      const { services } = work.app;
      const to = await targetOf(work.options.to, work.dataDir);
      work.output.note('Importing the sample and timing a step on this machine, to fix the number of steps');
      const parts = { ...services, samplesDir: join(work.io.resourcesDir, 'samples') };
      const { job, code } = await runInForeground(work, () => tryIt(parts, work.options.steps));
      if (code !== EXIT.done || job.artifact_id === null) return code;
      // A run completes only after its adapter was loaded in plain PEFT and its hash recorded.
      work.output.note('The adapter is checked: it loads in plain PEFT with the same logits.');
      const artifact = await services.models.get(job.artifact_id);
      const exported = await exportTo(work, artifact, to);
      tell(work, { artifact, exported, answers: await answersOf(work, job) });
      return EXIT.done;
    },
  });
