import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openWorld, removeWorld, type World } from '../jobs/testing';
import { identify } from '../trainer/process-identity';

let world: World;
let artifactId: string;

const begun = (owner: Awaited<ReturnType<typeof identify>>) =>
  world.repositories.exports.create({ artifact_id: artifactId, format: 'zip', path: '/tmp/a.zip', owner });

beforeEach(async () => {
  world = await openWorld({});
  await world.runner.start();
  const { id } = await world.create('plain');
  artifactId = (await world.until(id, 'completed')).artifact_id ?? '';
});

afterEach(async () => {
  await world.close();
  await removeWorld(world.dir);
});

it('an export whose process was killed reads as failed as soon as anyone looks', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  const made = await begun(await identify(other.pid ?? 0));
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await world.models.exports(artifactId)).toMatchObject([
    { id: made.id, status: 'failed', error: 'The program ended while this was being made.' },
  ]);
});

it('neither a look nor a recovering queue ends what a living process makes', async () => {
  const made = await begun(await identify(process.ppid));
  await world.runner.stop();
  await world.runner.start();
  expect(await world.models.exports(artifactId)).toMatchObject([{ id: made.id, status: 'pending' }]);
});

it('an export that ended by itself stays as it ended', async () => {
  const made = await begun(await identify(process.ppid));
  await world.repositories.exports.update(made.id, { status: 'completed' });
  await world.repositories.exports.failRunning(made.id, 'gone');
  expect(await world.models.exports(artifactId)).toMatchObject([{ id: made.id, status: 'completed' }]);
});
