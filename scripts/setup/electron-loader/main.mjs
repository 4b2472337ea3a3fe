// Electron's own default app, which the stand-in lacks: starts the application folder named on the command line.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (named === undefined) {
  process.stderr.write('Name the folder of the application to start.\n');
  process.exit(2);
}
const appDir = resolve(named);
const { main, name, productName, version } = JSON.parse(readFileSync(join(appDir, 'package.json'), 'utf8'));
app.setAppPath(appDir);
app.setName(productName ?? name);
app.setVersion(version);
// Awaited at the top level: Electron holds its ready event back until then.
await import(pathToFileURL(join(appDir, main)).href);
