/**
 * What is one file: the firmware as an image carries it, and the programs of processes that are to start quickly. Each
 * is built from the compiled packages.
 */
import { join } from 'node:path';
import { root } from './root.mjs';

/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {string} entry
 * @property {'cjs' | 'es'} format
 * @property {string} [folder] where it goes; with those of the device by default
 * @property {readonly string[]} [flags] of Node, for a program that is started with what V8 made of it before
 * @property {readonly string[]} [builtWith] files that must not be newer: whoever starts the program looks at them
 */

/** Where the bundles are, in the package that is published with them. */
export const bundleFolder = join(root, 'packages/device/dist/bundle');

/** What a device runs. @type {readonly Bundle[]} */
export const bundles = [
  { name: 'firmware.js', entry: 'packages/device/dist/node/firmware.js', format: 'cjs' },
  {
    name: 'secure-world.cjs',
    entry: 'packages/device/dist/node/secure-world/main.js',
    format: 'cjs',
    // As `board-process.ts` starts it.
    flags: ['--v8-pool-size=0'],
  },
];

/** And what else is one file. @type {readonly Bundle[]} */
export const allBundles = [
  ...bundles,
  {
    name: 'vault.cjs',
    entry: 'packages/hardware/dist/node/vault/vault-main.js',
    format: 'cjs',
    folder: join(root, 'packages/hardware/dist/bundle'),
    builtWith: ['packages/hardware/dist/.tsbuildinfo'],
  },
];

/** @param {Bundle} bundle */
export function fileOf({ name, folder = bundleFolder }) {
  return join(folder, name);
}
