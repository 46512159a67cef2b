/**
 * `npm run chaos`: sets up, and strikes 50 meshes of 100 nodes at random for two virtual hours each. Words after `--` go to
 * `selvage sim chaos`, and win: `npm run chaos -- --seeds 1 --seed 7` replays one.
 */
import { join } from 'node:path';
import { stream } from './run.mjs';
import { root } from './root.mjs';
import { setUp } from './setup.mjs';

const main = join(root, 'packages/cli/dist/main.js');
const usual = ['--seeds', '50', '--nodes', '100', '--hours', '2'];
process.exitCode = (await setUp())
  ? await stream([process.execPath, main, 'sim', 'chaos', ...usual, ...process.argv.slice(2)], { cwd: root })
  : 1;
