import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { resolveDataDir } from '../data-dir';
import { checkedOptions, type CommandSpec, type Registry, usageError } from './command';
import { addArtifacts } from './commands/artifacts';
import { addBaseModels } from './commands/base-models';
import { addDatasets } from './commands/datasets';
import { addDemo } from './commands/demo';
import { addDoctor } from './commands/doctor';
import { addEstimate } from './commands/estimate';
import { addGenerate } from './commands/generate';
import { addJobs } from './commands/jobs';
import { addLrRange } from './commands/lr-range';
import { addSettings } from './commands/settings';
import { addTrain } from './commands/train';
import { EXIT, exitCodeOf, Stopped } from './exit-codes';
import { ImportNews } from './import-news';
import type { CliIo } from './io';
import { Output } from './output/output';

/** Said to a person, not to a programmer. */
z.config({
  customError: (issue) =>
    issue.code === 'invalid_value' ? `give one of ${issue.values.map(String).join(', ')}` : undefined,
});

const GlobalOptions = z.object({ dataDir: z.string().min(1, 'name a folder').optional() });

const createProgram = (io: CliIo): Command =>
  new Command('pipeline')
    .description('Fine-tune language models with LoRA on this machine, offline.')
    .version(packageJson.version, '--version', 'what version this is')
    .option('--data-dir <dir>', 'where everything is kept (or PIPELINE_DATA_DIR)')
    .option('--json', 'one JSON document on standard output, for programs')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // Said once, by the code that also knows --json.
      outputError: () => undefined,
    });

interface Session {
  readonly io: CliIo;
  readonly output: Output;
  readonly program: Command;
  readonly end: (code: number) => void;
}

const perform = async <Options>(
  { io, output, program, end }: Session,
  command: Command,
  spec: CommandSpec<Options>,
): Promise<void> => {
  const { dataDir: chosen } = checkedOptions(GlobalOptions, program.opts());
  const options = checkedOptions(spec.options, command.opts());
  const dataDir = resolveDataDir(chosen, { platform: process.platform, env: io.env });
  const news = new ImportNews();
  const app = await io.openApp({ dataDir, publisher: news });
  const stop = stopOf(io);
  try {
    const work = { app, io, output, dataDir, news, options, args: command.args };
    end(await Promise.race([spec.run(work), stop.stopped]));
  } finally {
    stop.dispose();
    await app.stop();
  }
};

/** For the commands that have nothing to save: the first signal ends them. */
const stopOf = (io: CliIo) => {
  let dispose: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    dispose = io.onStop((kind) => reject(new Stopped(kind)));
  });
  return { stopped, dispose: () => dispose() };
};

const registryOf = (session: Session): Registry => ({
  program: session.program,
  add: (parent, spec) => {
    const command = parent.command(spec.usage).description(spec.about);
    for (const [flags, about] of spec.flags ?? []) command.option(flags, about);
    if (spec.more) command.addHelpText('after', spec.more);
    command.action(() => perform(session, command, spec));
  },
});

const GROUPS = [
  addDemo,
  addDoctor,
  addDatasets,
  addBaseModels,
  addEstimate,
  addLrRange,
  addTrain,
  addJobs,
  addArtifacts,
  addGenerate,
  addSettings,
];

const failed = (output: Output, thrown: unknown): number => {
  if (!(thrown instanceof CommanderError)) {
    output.failure(thrown);
    return exitCodeOf(thrown);
  }
  if (thrown.exitCode === 0) return EXIT.done;
  // Help in place of a missing subcommand says it all.
  if (thrown.code !== 'commander.help' || output.json)
    output.failure(usageError(thrown.message.replace(/^error: /u, '').replaceAll('\n', ' ')));
  return EXIT.usage;
};

/** One command line from its words to its exit code. */
export const runCli = async (argv: readonly string[], io: CliIo): Promise<number> => {
  const output = new Output(io, argv.includes('--json'));
  const program = createProgram(io);
  let code: number = EXIT.done;
  const end = (ended: number): void => {
    code = ended;
  };
  const registry = registryOf({ io, output, program, end });
  for (const addGroup of GROUPS) addGroup(registry);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (thrown) {
    return failed(output, thrown);
  }
};
