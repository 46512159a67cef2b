/**
 * What of a device is one file: the firmware as an image carries it, and the programs of its two processes. Each is
 * built from the compiled packages.
 */
import { join } from 'node:path';
import { root } from './setup.mjs';

/** @typedef {{ name: string, entry: string, format: 'cjs' | 'es' }} Bundle */

/** Where the bundles are, in the package that is published with them. */
export const bundleFolder = join(root, 'packages/device/dist/bundle');

/** @type {readonly Bundle[]} */
export const bundles = [
  { name: 'firmware.js', entry: 'packages/device/dist/node/firmware.js', format: 'cjs' },
  { name: 'secure-world.cjs', entry: 'packages/device/dist/node/secure-world/main.js', format: 'cjs' },
];
