/**
 * The package checks: every public package is packed as it would be published, and publint and attw judge the tarball.
 * Needs the packages to be built.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from './json.mjs';
import { inLanes, run } from './run.mjs';
import { root } from './root.mjs';
import { npm, tool } from './setup.mjs';

const judges = [
  (/** @type {string} */ tarball) => [tool('publint/src/cli.js'), 'run', tarball, '--strict'],
  (/** @type {string} */ tarball) => [
    tool('@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--profile=esm-only',
    '--no-definitely-typed',
    '--no-emoji',
    '--format=ascii',
  ],
];

const folder = mkdtempSync(join(tmpdir(), 'selvage-packages-'));
try {
  process.exitCode = (await pack(folder)) && (await judge(folder)) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} target the folder that receives a tarball a package */
async function pack(target) {
  const workspaces = publicPackages().map((name) => `--workspace=packages/${name}`);
  const { code, output } = await run(npm('pack', '--loglevel=warn', ...workspaces, `--pack-destination=${target}`), {
    cwd: root,
  });
  if (code !== 0) {
    process.stdout.write(`npm pack failed:\n${output}\n`);
  }
  return code === 0;
}

/** The folders under `packages` whose package is not private. */
function publicPackages() {
  return readdirSync(join(root, 'packages')).filter((name) => {
    const manifest = readJson(join(root, 'packages', name, 'package.json'));
    return /** @type {{ private?: boolean }} */ (manifest).private !== true;
  });
}

/** @param {string} target */
async function judge(target) {
  const tarballs = readdirSync(target).map((name) => join(target, name));
  const commands = tarballs.flatMap((tarball) => judges.map((command) => [process.execPath, ...command(tarball)]));
  let good = tarballs.length > 0;
  await inLanes(commands, async (command) => {
    const { code, output } = await run(command, { cwd: root });
    if (code !== 0) {
      good = false;
      process.stdout.write(`${output}\n`);
    }
  });
  return good;
}
