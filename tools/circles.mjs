/** Circles of imports: files that cannot be understood, or moved, one without the other. */
import { dirname, join } from 'node:path';

/** @typedef {import('./imports.mjs').Import} Import */

/** @typedef {{ path: string, imports: readonly Import[] }} Source a file, and what it imports */

/** @typedef {{ path: string, line: number, circle: readonly string[] }} Closing an import that leads back to its file */

/**
 * The imports that close a circle, those of types included. Every circle has one of them at least.
 * @param {readonly Source[]} sources of one package
 * @returns {Closing[]}
 */
export function closingImports(sources) {
  const byModule = new Map(sources.map((source) => [moduleOf(source.path), source]));
  /** @type {Closing[]} */
  const found = [];
  /** @type {Set<Source>} */
  const done = new Set();
  const visit = (/** @type {Source} */ source, /** @type {readonly Source[]} */ way) => {
    if (done.has(source)) return;
    const trail = [...way, source];
    for (const { specifier, line } of source.imports) {
      const next = specifier?.startsWith('.')
        ? byModule.get(moduleOf(join(dirname(source.path), specifier)))
        : undefined;
      if (next === undefined) continue;
      const start = trail.indexOf(next);
      if (start < 0) visit(next, trail);
      else found.push({ path: source.path, line, circle: [...trail.slice(start), next].map(({ path }) => path) });
    }
    done.add(source);
  };
  for (const source of sources) visit(source, []);
  return found;
}

/**
 * What a file is imported as, whichever of its forms is meant: `.ts` as it is written, `.js` as it is named.
 * @param {string} path
 */
function moduleOf(path) {
  return path.replace(/\.[cm]?[jt]sx?$/, '');
}
