import { buildApp } from './run/build-app.mjs';
import { projectRoot } from './setup/paths.mjs';

await buildApp(projectRoot);
