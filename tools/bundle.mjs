/**
 * Makes the single files that a device runs, minified, from the built packages. Those whose modules are as they were
 * are left alone: `node tools/bundle.mjs` after `tsc --build`, which `setup.mjs` does.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allBundles, fileOf } from './bundles.mjs';
import { writeCached } from './code-cache.mjs';
import { directImports } from './direct-imports.mjs';
import { readJson } from './json.mjs';
import { withRehearsalBoard } from './rehearsal-board.mjs';
import { root } from './root.mjs';
import { writeSnapshot } from './start-snapshot.mjs';

/** @typedef {import('./bundles.mjs').Bundle} Bundle */
/** What a bundle was made of: a stamp by file, relative to the root. @typedef {Record<string, string>} Made */

/** Makes all that is stale. Says on standard error what does not bundle. Returns whether all is there. */
export async function bundleAll() {
  for (const folder of [recordFolder, ...allBundles.map((bundle) => dirname(fileOf(bundle)))]) {
    mkdirSync(folder, { recursive: true });
  }
  const stale = allBundles.filter((bundle) => !isFresh(bundle));
  if (stale.length === 0) return true;
  try {
    for (const bundle of stale) await make(bundle);
    return true;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

/** @param {Bundle} bundle */
async function make(bundle) {
  const { code, modules } = await built(bundle);
  const { flags } = bundle;
  if (flags === undefined) writeFileSync(fileOf(bundle), code);
  else {
    await withRehearsalBoard(async (setting) => {
      writeCached(fileOf(bundle), code, flags, setting);
      await writeSnapshot(fileOf(bundle), flags, setting);
    });
  }
  const builtWith = (bundle.builtWith ?? []).map((file) => join(root, file));
  // The bundler's own part of a bundle is no file.
  const sources = Object.keys(modules).filter((file) => !file.startsWith('\0'));
  const files = [...sources, ...builtWith, ...ownFiles, ...nodeOf(bundle, process.execPath)];
  const made = Object.fromEntries(files.map((file) => [relative(root, file), stampOf(file)]));
  writeFileSync(recordOf(bundle), JSON.stringify(made));
}

/**
 * A bundle, minified, and what each of its modules came to before that.
 * @param {Pick<Bundle, 'entry' | 'format'>} bundle
 * @returns {Promise<{ code: string, modules: Record<string, { code: string | null }> }>}
 */
export async function built({ entry, format }) {
  const { build } = await import('rolldown');
  const { output } = await build({
    input: join(root, entry),
    platform: 'node',
    plugins: [directImports()],
    // No module here does anything when it is loaded but to declare: what is not used is left out, whole modules first.
    treeshake: { moduleSideEffects: (id) => id === join(root, entry) },
    output: { format, minify: true, comments: false, codeSplitting: false },
    write: false,
  });
  const [{ code, modules }] = output;
  return { code: asciiOf(code), modules };
}

/**
 * The same code without a character beyond ASCII, which a process reads and keeps in half the space.
 * @param {string} code that has none but in its texts
 */
function asciiOf(code) {
  return code.replaceAll(/[^\0-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What is published has no use for what it was made of. */
const recordFolder = join(root, 'node_modules/.cache/selvage/bundles');

/** The tools themselves are inputs as well. */
const ownFiles = [
  'bundle.mjs',
  'bundles.mjs',
  'code-cache.mjs',
  'direct-imports.mjs',
  'rehearsal-board.mjs',
  'start-snapshot.mjs',
].map((name) => fileURLToPath(new URL(name, import.meta.url)));

/**
 * Whether a bundle is there, of what is there now, and for a Node.
 * @param {Bundle} bundle
 */
export function isFresh(bundle, node = process.execPath) {
  const record = recordOf(bundle);
  if (!existsSync(record) || !existsSync(fileOf(bundle))) return false;
  const made = /** @type {Made} */ (readJson(record));
  return (
    nodeOf(bundle, node).every((file) => relative(root, file) in made) &&
    Object.entries(made).every(([file, stamp]) => stampOf(join(root, file)) === stamp)
  );
}

/**
 * What a Node has compiled is for that one: another Node makes it anew.
 * @param {Bundle} bundle
 * @param {string} node
 */
function nodeOf({ flags }, node) {
  return flags === undefined ? [] : [node];
}

/** @param {Bundle} bundle */
function recordOf({ name }) {
  return join(recordFolder, `${name}.json`);
}

/**
 * What changes when a file is written: these are written by the compiler and by npm, not by a checkout.
 * @param {string} file
 */
function stampOf(file) {
  const facts = statSync(file, { throwIfNoEntry: false });
  return facts === undefined ? 'none' : `${facts.size} ${facts.mtimeMs}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = (await bundleAll()) ? 0 : 1;
