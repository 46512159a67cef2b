/**
 * What every house command needs first, in plain JavaScript because it must run on a fresh clone with nothing but
 * Node: the right Node, the dependencies that the lock file names, the built packages.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './json.mjs';
import { root } from './root.mjs';
import { run, stream } from './run.mjs';

/** How long somebody is kept waiting without a word, milliseconds. */
const patience = 3000;

const oldestNode = /** @type {const} */ ([20, 19]);

/**
 * Checks Node, installs what is missing and builds what changed. Says on standard error what takes its time.
 * @param {string[]} projects the TypeScript projects to build, folders under the root; none builds every package
 * @returns {Promise<boolean>} whether all is ready; what is wrong has been said
 */
export async function setUp(projects = []) {
  return checkNode() && (await installDependencies()) && (await build(projects));
}

/**
 * Whether this Node is new enough; says so when it is not.
 * @param {string} version as in `process.versions.node`
 */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) {
    return true;
  }
  say(
    `Selvage needs Node ${oldestNode.join('.')} or newer; this is Node ${version}. See https://nodejs.org/en/download`,
  );
  return false;
}

/** Runs `npm ci` unless the installed packages are those of the lock file. */
export async function installDependencies() {
  if (isInstalled(root)) {
    return true;
  }
  say('Installing the dependencies (npm ci), as after each change of\npackage-lock.json: about half a minute …');
  const { code, output } = await run(npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn'), {
    cwd: root,
  });
  if (code === 0) {
    return true;
  }
  say(output);
  say('npm ci failed: is the package registry reachable, and the file system writable?');
  return false;
}

/**
 * Whether `node_modules` holds what `package-lock.json` asks for. The record that npm leaves of an install is compared
 * entry by entry: times of files say nothing after a checkout.
 * @param {string} folder
 */
export function isInstalled(folder) {
  const record = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(record)) {
    return false;
  }
  const wanted = lockedPackages(join(folder, 'package-lock.json'));
  const present = lockedPackages(record);
  const isPresent = (/** @type {string} */ path) => {
    const [want, have] = [wanted[path], present[path]];
    // A package for another platform is in the lock file and never in node_modules.
    return have === undefined ? want?.optional === true : have.version === want?.version && have.link === want?.link;
  };
  return Object.keys(wanted).every((path) => path === '' || isPresent(path));
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean }>}
 */
function lockedPackages(file) {
  const lock = /** @type {{ packages: ReturnType<typeof lockedPackages> }} */ (readJson(file));
  return lock.packages;
}

/**
 * Compiles what changed since the last time, and makes what is bundled of it.
 * @param {string[]} projects
 */
export async function build(projects = []) {
  // A build that has nothing to do is over before this is said.
  const telling = setTimeout(() => say('Building what changed: a minute after a clone …'), patience);
  try {
    const code = await stream([process.execPath, tool('typescript/bin/tsc'), '--build', ...projects], { cwd: root });
    if (code !== 0) return false;
    const { bundleAll } = await import('./bundle.mjs');
    return await bundleAll();
  } finally {
    clearTimeout(telling);
  }
}

/**
 * The script of an installed development tool, to be run by this Node.
 * @param {string} path under `node_modules`
 */
export function tool(path) {
  return join(root, 'node_modules', path);
}

/**
 * The command line of npm: the npm that started us where there is one.
 * @param {string[]} words
 */
export function npm(...words) {
  const script = process.env['npm_execpath'];
  const npmIsOurs = script !== undefined && /npm-cli\.c?js$/.test(script);
  return npmIsOurs ? [process.execPath, script, ...words] : ['npm', ...words];
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`);
}
