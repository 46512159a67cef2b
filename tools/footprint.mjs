/**
 * `npm run footprint`: what a device's code comes to, minified, layer by layer, and what a second cryptographic core and
 * a second DTLS would add. Words after `--`: `--json` prints it for programs. Sets up first.
 */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundles } from './bundles.mjs';
import { kindsOf } from './footprint-kinds.mjs';
import { root } from './root.mjs';
import { setUp } from './setup.mjs';

/** @typedef {{ layer: string, bytes: number, gzipped: number }} LayerSize */
/**
 * `wired`: bytes that a board without a radio loads.
 * @typedef {{
 *   layers: LayerSize[], bytes: number, gzipped: number, wired: number, kinds: import('./footprint-kinds.mjs').Kinds,
 *   bundles: Record<string, number>
 * }} Footprint
 */

/** The text sections of the reference stacks, bytes. */
const references = { 'IoTivity-Lite': 475_000, OpenThread: 941_000 };
/** The layers that are there twice where each stack brings its own. */
const doubled = ['crypto', 'dtls'];
const goal = 350_000;

/**
 * All programs of a device made at once, so that what they share counts once, as the one cryptographic core does on a
 * device whose two worlds have it in one ROM.
 * @returns {Promise<Footprint>}
 */
export async function footprint() {
  const { build } = await import('rolldown');
  const { minifySync } = await import('rolldown/utils');
  /** @type {Record<string, string>} */
  const input = Object.fromEntries(bundles.map(({ name, entry }) => [name.replace(/\..*$/, ''), join(root, entry)]));
  const entries = new Set(Object.values(input));
  const { output } = await build({
    input,
    platform: 'node',
    treeshake: { moduleSideEffects: (id) => entries.has(id) },
    output: { format: 'es', minify: true, comments: false },
    write: false,
  });
  const chunks = output.flatMap((one) => (one.type === 'chunk' ? [one] : []));
  const bytes = sum(chunks.map(({ code }) => byteLength(code)));
  const gzipped = sum(chunks.map(({ code }) => gzipSync(code).length));
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const { modules } of chunks) {
    for (const [file, { code }] of Object.entries(modules)) {
      const size = code === null ? 0 : byteLength(minifySync('module.js', code, { compress: true, mangle: true }).code);
      const layer = layerOf(file);
      sizes.set(layer, (sizes.get(layer) ?? 0) + size);
    }
  }
  // Names that modules share are shorter where all are one: the parts are scaled to what the whole really is.
  const scale = (/** @type {number} */ whole, /** @type {number} */ part) =>
    Math.round((whole * part) / sum([...sizes.values()]));
  const layers = [...sizes].map(([layer, size]) => {
    return { layer, bytes: scale(bytes, size), gzipped: scale(gzipped, size) };
  });
  /** @type {Record<string, number>} */
  const each = {};
  for (const bundle of bundles) each[bundle.name] = await sizeOf(bundle);
  const wired = sum(loadedAtOnce(chunks).map(({ code }) => byteLength(code)));
  const kinds = kindsOf(chunks.map(({ code }) => code).join('\n'));
  return { layers: inOrder(layers), bytes, gzipped, wired, kinds, bundles: each };
}

/**
 * The chunks that programs have without asking for more.
 * @template {{ fileName: string, isEntry: boolean, imports: string[] }} Chunk
 * @param {Chunk[]} chunks
 */
function loadedAtOnce(chunks) {
  const loaded = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const one of loaded) {
    for (const other of chunks) if (one.imports.includes(other.fileName)) loaded.add(other);
  }
  return [...loaded];
}

/** @param {import('./bundles.mjs').Bundle} bundle */
async function sizeOf(bundle) {
  const { built } = await import('./bundle.mjs');
  return byteLength((await built(bundle)).code);
}

const order = ['core', 'crypto', 'pki', 'dtls', 'coap', 'ocf', 'thread', 'hardware', 'device'];

/** @param {LayerSize[]} layers */
function inOrder(layers) {
  return layers.toSorted((one, other) => order.indexOf(one.layer) - order.indexOf(other.layer));
}

/**
 * The package of a module; a library counts to the package that wraps it.
 * @param {string} file
 */
function layerOf(file) {
  const [, layer] = /packages\/([a-z]+)\//.exec(file) ?? [];
  return layer ?? (file.includes('@noble') ? 'crypto' : 'core');
}

/** @param {string} code */
function byteLength(code) {
  return Buffer.byteLength(code);
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, one) => total + one, 0);
}

/** @param {Footprint} measured */
function linesOf({ layers, bytes, gzipped, wired, kinds, bundles: each }) {
  const kilobytes = (/** @type {number} */ size) => `${(size / 1000).toFixed(1)} kB`.padStart(10);
  const row = (/** @type {string} */ name, /** @type {number} */ size, /** @type {number} */ zipped) =>
    `  ${name.padEnd(12)}${kilobytes(size)}${kilobytes(zipped)}`;
  const twice = layers.filter(({ layer }) => doubled.includes(layer));
  const more = sum(twice.map((one) => one.bytes));
  const peers = Object.entries(references).map(([name, size]) => `${name} ${size / 1000} kB`);
  return [
    'A device, all of its layers, minified (and gzipped); what its two worlds share counts once:',
    ...layers.map((one) => row(one.layer, one.bytes, one.gzipped)),
    row('all', bytes, gzipped),
    `Goal: at most ${goal / 1000} kB: ${bytes <= goal ? 'met' : 'not met'}. Beside it, of text: ${peers.join(' + ')}.`,
    `A board without a radio loads ${kilobytes(wired).trim()} of it: all but what its place in a mesh takes.`,
    `It is made of names of properties ${kilobytes(kinds.names).trim()}, single words ${kilobytes(kinds.words).trim()}, ` +
      `sentences for people ${kilobytes(kinds.sentences).trim()}, and ${kilobytes(kinds.rest).trim()} of all else.`,
    `Two separate cryptographic and DTLS cores would add ${kilobytes(more).trim()}: ${kilobytes(bytes + more).trim()}.`,
    `As shipped: ${Object.entries(each)
      .map(([name, size]) => `${name} ${kilobytes(size).trim()}`)
      .join(', ')}.`,
  ];
}

if (process.argv[1] === join(root, 'tools/footprint.mjs')) {
  if (await setUp()) {
    const measured = await footprint();
    const isJson = process.argv.includes('--json');
    process.stdout.write(`${isJson ? JSON.stringify(measured) : linesOf(measured).join('\n')}\n`);
  } else {
    process.exitCode = 1;
  }
}
