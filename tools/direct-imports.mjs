/**
 * For a bundler: what is imported of a package comes straight from the module that has it. A bundle of which a part is
 * loaded when it is needed runs each module that is imported, with all that it imports: of a package's index that is the
 * whole package. Here that can be left out, as no module of ours does anything when it is loaded but to declare.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readJson } from './json.mjs';
import { root } from './root.mjs';

/** Where an exported name is: in which module, and by what name there. @typedef {{ file: string, name: string }} Place */

/** The part of a package's manifest that says what it has. @typedef {{ exports: Record<string, { default: string }> }} Manifest */

/** As the compiler writes them, each on a line of its own. */
const [imports, exports] = [
  /^import \{([^}]*)\} from '(@selvage\/[^']+)';$/gm,
  /^export (?:\{([^}]*)\}|\*) from '([^']+)';$/gm,
];

/** @returns {import('rolldown').Plugin} */
export function directImports() {
  /** @type {Map<string, ReadonlyMap<string, Place>>} */
  const indexes = new Map();
  /** @param {string} specifier of a package, or of one of its entries */
  const indexOf = (specifier) => {
    const known = indexes.get(specifier) ?? exportsOf(entryOf(specifier));
    indexes.set(specifier, known);
    return known;
  };
  return {
    name: 'direct-imports',
    transform: {
      filter: { code: '@selvage/' },
      handler: (code) => {
        return code.replaceAll(imports, (whole, /** @type {string} */ list, /** @type {string} */ specifier) => {
          const index = indexOf(specifier);
          const direct = namesOf(list).map(({ name, as }) => {
            const place = index.get(name);
            return place && `import { ${place.name} as ${as} } from ${JSON.stringify(place.file)};`;
          });
          // All on one line, so that the lines that follow keep their numbers.
          return direct.includes(undefined) ? whole : direct.join(' ');
        });
      },
    },
  };
}

/** @param {string} specifier */
function entryOf(specifier) {
  const [, name = '', entry] = /^(@selvage\/[^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  const folder = join(root, 'packages', name.slice('@selvage/'.length));
  const { exports: entries } = /** @type {Manifest} */ (readJson(join(folder, 'package.json')));
  const place = entries[entry === undefined ? '.' : `./${entry}`];
  if (place === undefined) throw new Error(`${name} has no ${entry}`);
  return join(folder, place.default);
}

/**
 * What an index hands on from modules of its package; what it has itself, or from elsewhere, is not there.
 * @param {string} file
 * @returns {ReadonlyMap<string, Place>}
 */
function exportsOf(file) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const [, list, from = ''] of readFileSync(file, 'utf8').matchAll(exports)) {
    if (!from.startsWith('.')) continue;
    const module = resolve(dirname(file), from);
    const own = exportsOf(module);
    if (list === undefined) for (const [name, place] of own) places.set(name, place);
    else for (const { name, as } of namesOf(list)) places.set(as, own.get(name) ?? { file: module, name });
  }
  return places;
}

/** @param {string} list what stands between the braces */
function namesOf(list) {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [name = '', as = name] = one.split(' as ');
      return { name, as };
    });
}
