import { AppError } from '../../../src/lib/messages/app-error';

const HINT = 'Choose the file of settings itself.';

const unusable = (message: string, hint = HINT): AppError =>
  new AppError({ code: 'invalid_request', message, hint });

export const recipeMissing = (path: string): AppError =>
  new AppError({
    code: 'not_found',
    message: `There is no file ${path}.`,
    hint: 'Check its name and whether its drive is connected.',
  });

export const recipeUnsuited = (path: string, kind: string): AppError =>
  unusable(`${path} is ${kind}, so no settings were read from it.`);

export const recipeTooLarge = (path: string): AppError =>
  unusable(`${path} is larger than 1 MB, so it is no file of settings.`);

export const recipeUnreadable = (path: string, thrown: unknown): AppError =>
  unusable(
    `${path} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
    'Check that you may read it.',
  );

export const recipeThere = (path: string): AppError =>
  unusable(
    `${path} is there already, so nothing was saved.`,
    'Choose that file itself, or give another name.',
  );
