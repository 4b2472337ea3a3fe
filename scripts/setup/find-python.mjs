import { ask } from './ask.mjs';
import { SetupError } from './setup-error.mjs';

const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
const PROBE = 'import sys; print(sys.executable, *sys.version_info[:2], sys.maxsize > 2**32, sep="\\n")';
const OLDEST_MINOR = 11;
const NEWEST_MINOR = 13;

/** @returns {string} the first Python on the path that torch has wheels for */
export function findPython(env = process.env) {
  const found = NAMES.map((name) => probe(name, env)).filter((python) => python !== null);
  const fitting = found.find(isFitting);
  if (fitting) return fitting.executable;
  const seen =
    found.length === 0
      ? 'none was found'
      : `only ${found.map(({ version }) => version).join(', ')} was found`;
  throw new SetupError(
    `Pipeline's trainer needs Python 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR} (64 bit), and ${seen}: ` +
      'install one (on Debian or Ubuntu: sudo apt-get install python3 python3-venv) and run the same command again.',
  );
}

function isFitting({ major, minor, is64Bit }) {
  return major === 3 && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR && is64Bit;
}

function probe(name, env) {
  const answer = ask(name, ['-c', PROBE], { env });
  if (answer === null) return null;
  const [executable, major, minor, is64Bit] = answer.split('\n');
  return {
    executable,
    version: `${major}.${minor}`,
    major: Number(major),
    minor: Number(minor),
    is64Bit: is64Bit === 'True',
  };
}
