/** `npm run bench`: sets up and measures what is built, not the sources. Words after `--` go to the bench. */
import { join } from 'node:path';
import { stream } from './run.mjs';
import { root } from './root.mjs';
import { setUp } from './setup.mjs';

const main = join(root, 'bench/dist/main.js');
const ready = await setUp(['bench']);
process.exitCode = ready
  ? await stream([process.execPath, '--expose-gc', main, ...process.argv.slice(2)], { cwd: root })
  : 1;
