import { z } from 'zod';
import { formatBytes, formatCount } from '../../../src/lib/messages/format';
import type { BaseModel } from '../../../src/lib/types/base-model';
import { NoOptions, operand, type Registry, usageError } from '../command';
import { EXIT } from '../exit-codes';
import { findKnownBaseModel, listBaseModels, requireFolder } from '../find';
import type { Column } from '../output/table';
import { shortId } from '../run/describe-job';
import type { Command } from 'commander';
import type { CliServices } from '../io';

const COLUMNS: readonly Column<BaseModel>[] = [
  { title: 'ID', text: ({ id }) => shortId(id) },
  { title: 'NAME', text: ({ name }) => name },
  { title: 'ARCHITECTURE', text: ({ architecture }) => architecture },
  { title: 'PARAMETERS', align: 'right', text: ({ parameters }) => formatCount(parameters) },
  { title: 'SIZE', align: 'right', text: ({ size_bytes }) => formatBytes(size_bytes) },
  { title: 'FOLDER', text: ({ path }) => path },
];

const pairsOf = (model: BaseModel): [string, string][] => [
  ['id', model.id],
  ['name', model.name],
  ['folder', model.path],
  ['architecture', model.architecture],
  ['parameters', formatCount(model.parameters)],
  ['precision', model.dtype],
  ['size', formatBytes(model.size_bytes)],
  ['chat template', model.has_chat_template ? 'its own' : 'none: the plain one is used'],
  [
    'longest input',
    model.max_position_embeddings === null
      ? 'not said'
      : `${formatCount(model.max_position_embeddings)} tokens`,
  ],
  ['fingerprint', model.fingerprint],
];

const addChanges = (group: Command, { add }: Registry): void => {
  add(group, {
    usage: 'add <folder>',
    about: 'check a Hugging Face folder and remember it',
    flags: [['--name <name>', "what it is called; the folder's name otherwise"]],
    options: z.object({ name: z.string().trim().min(1).max(200).optional() }),
    run: async ({ app, output, args, options }) => {
      const model = await app.services.baseModels.add({
        path: await requireFolder(operand(args)),
        ...options,
      });
      if (output.json) output.document(model);
      output.pairs(pairsOf(model));
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'remove <model>',
    about: 'forget a base model; its folder stays',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const { id, name, path } = await findKnownBaseModel(app.services, operand(args));
      await app.services.baseModels.remove(id);
      output.answer({ id, removed: true }, () => [`“${name}” is forgotten; ${path} was left as it is.`]);
      return EXIT.done;
    },
  });
};

const foldersToScan = async ({ settings }: CliServices, given: readonly string[]): Promise<string[]> => {
  const folders = given.length > 0 ? given : (await settings.get()).model_folders;
  if (folders.length === 0)
    throw usageError(
      'There is no folder to look in.',
      'Name one, or set it with settings set model_folders \'["/path"]\'.',
    );
  return Promise.all(folders.map(requireFolder));
};

const addScan = (group: Command, { add }: Registry): void =>
  add(group, {
    usage: 'scan [folders...]',
    about: 'add every model folder below these, or below those of the settings',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const added: BaseModel[] = [];
      const refused: { path: string; reason: string }[] = [];
      for (const folder of await foldersToScan(app.services, args)) {
        const found = await app.services.baseModels.scan(folder);
        added.push(...found.added);
        refused.push(...found.refused);
      }
      if (output.json) output.document({ added, refused });
      if (added.length > 0) output.table(COLUMNS, added);
      for (const { path, reason } of refused) output.line(`not added: ${path}: ${reason}`, 'yellow');
      return EXIT.done;
    },
  });

export const addBaseModels = (registry: Registry): void => {
  const { program, add } = registry;
  const group = program.command('base-models').description('the models that runs start from');
  add(group, {
    usage: 'list',
    about: 'every known base model',
    options: NoOptions,
    run: async ({ app, output }) => {
      const models = await listBaseModels(app.services);
      if (output.json) output.document(models);
      else if (models.length === 0)
        output.line(`No base models yet. Add one with: ${output.command('base-models add FOLDER')}`);
      else output.table(COLUMNS, models);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'show <model>',
    about: 'one base model',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const model = await findKnownBaseModel(app.services, operand(args));
      if (output.json) output.document(model);
      output.pairs(pairsOf(model));
      return EXIT.done;
    },
  });
  addChanges(group, registry);
  addScan(group, registry);
};
