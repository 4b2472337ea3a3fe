import './setup/require-node.mjs';

const { prepare } = await import('./run/prepare.mjs');
const { electronDist, needsOlderNodeApi } = await import('./setup/electron-dist.mjs');

const { paths } = await prepare('window');
if (needsOlderNodeApi(paths)) {
  process.stderr.write(
    'This package carries the stand-in for Electron: it is for trying, not for giving away.\n',
  );
}
const { build, Platform } = await import('electron-builder');
await build({
  targets: Platform.LINUX.createTarget('dir'),
  config: { electronDist: electronDist(paths) },
  projectDir: paths.root,
});
