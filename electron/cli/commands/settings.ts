import { invalidSetting } from '../../../src/lib/training/settings';
import { Settings } from '../../../src/lib/types/system';
import { NoOptions, operand, type Registry } from '../command';
import { EXIT } from '../exit-codes';

type Key = keyof Settings;

const isKey = (key: string): key is Key => Object.hasOwn(Settings.shape, key);

const known = (key: string): Key => {
  if (isKey(key)) return key;
  throw invalidSetting(`“${key}” is not a setting.`, `There are: ${Object.keys(Settings.shape).join(', ')}.`);
};

/** Texts need no quotation marks; everything else is JSON. */
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return text;
    throw thrown;
  }
};

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const changeOf = (key: Key, text: string): Partial<Settings> => {
  const asText = Settings.partial().safeParse({ [key]: text });
  if (asText.success) return asText.data;
  const parsed = Settings.partial().safeParse({ [key]: valueOf(text) });
  if (parsed.success) return parsed.data;
  throw invalidSetting(
    `${key}=${text}: ${parsed.error.issues[0]?.message ?? 'not valid'}.`,
    'Nothing was changed.',
  );
};

export const addSettings = ({ program, add }: Registry): void => {
  const group = program.command('settings').description('look at and change settings');
  add(group, {
    usage: 'get [key]',
    about: 'one setting, or all',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const settings = await app.services.settings.get();
      const [key] = args;
      if (key === undefined) {
        if (output.json) output.document(settings);
        output.pairs(Object.entries(settings).map(([name, value]): [string, string] => [name, shown(value)]));
        return EXIT.done;
      }
      const value = settings[known(key)];
      output.answer({ [key]: value }, () => [shown(value)]);
      return EXIT.done;
    },
  });
  add(group, {
    usage: 'set <key> <value>',
    about: 'change one setting',
    options: NoOptions,
    run: async ({ app, output, args }) => {
      const key = known(operand(args));
      const settings = await app.services.settings.set(changeOf(key, args[1] ?? ''));
      output.answer(settings, () => [`${key} ${shown(settings[key])}`]);
      return EXIT.done;
    },
  });
};
