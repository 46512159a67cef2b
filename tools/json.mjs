import { readFileSync } from 'node:fs';

/**
 * The content of a JSON file. Its shape is the caller's to state.
 * @param {string | URL} file
 * @returns {unknown}
 */
export function readJson(file) {
  /** @type {(text: string) => unknown} */
  const parse = JSON.parse;
  return parse(readFileSync(file, 'utf8'));
}
