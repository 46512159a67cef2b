/** `npm start`: sets up and shows the main job. Words after `--` go to the show. */
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { root } from './root.mjs';
import { setUp } from './setup.mjs';

if (await setUp()) {
  const main = join(root, 'packages/cli/dist/main.js');
  const show = spawn(process.execPath, [main, 'demo', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  // The show hears the terminal's signals itself, and says how it ended.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => show.kill('SIGTERM'));
  show.on('close', (code) => (process.exitCode = code ?? 1));
} else {
  process.exitCode = 1;
}
