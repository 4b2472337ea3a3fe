/**
 * `--only NAME[,NAME]` picks stages; what else is given goes to the runner of the one that is picked.
 * @returns {{stages: import('./stages.mjs').Stage[]} | {usage: string}}
 */
export function chooseStages(stages, args) {
  const names = stages.map(({ name }) => name);
  const usage = `Usage: npm test [-- --only ${names.join('|')} [arguments of its runner]]`;
  const [option, list, ...rest] = args.flatMap((arg) => (arg.startsWith('--only=') ? arg.split('=') : [arg]));
  if (option === undefined) return { stages };
  const wanted = list?.split(',') ?? [];
  const isKnown = option === '--only' && wanted.length > 0 && wanted.every((name) => names.includes(name));
  if (!isKnown || (rest.length > 0 && wanted.length > 1)) return { usage };
  const chosen = stages.filter(({ name }) => wanted.includes(name));
  return {
    stages: chosen.map((stage) => ({
      ...stage,
      commands: stage.commands.map((command) => withArgs(command, rest)),
    })),
  };
}

const withArgs = (command, rest) => ({ ...command, args: [...command.args, ...rest] });
