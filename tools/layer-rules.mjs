/** Which package, and which file of it, may import what (DESIGN §2): the rules behind `tools/layers.mjs`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { closingImports } from './circles.mjs';
import { importsOf } from './imports.mjs';
import { readJson } from './json.mjs';

/** @typedef {import('./imports.mjs').Import} Import */

/** @typedef {Record<string, readonly string[]>} LayerTable a package and those it may import; `type x` for x's types alone */

/** @typedef {{ file: string, line: number, rule: string }} Violation file is relative to the root, line from 1 */

/**
 * @typedef {object} Manifest
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {string | Record<string, unknown>} [exports]
 */

/** @typedef {{ name: string, folder: string, manifest: Manifest, text: string }} Package */

/**
 * @typedef {object} World what a rule needs to know of all packages
 * @property {string} root
 * @property {LayerTable} table
 * @property {ReadonlyMap<string, Package>} packages
 */

const scope = '@selvage/';

/**
 * Checks every package's declared dependencies and every import of its sources, which must not come round to where it began.
 * @param {string} root a folder with `packages/<name>`
 * @param {LayerTable} table
 * @returns {Violation[]} none when the arrows point the right way
 */
export function checkLayers(root, table) {
  const packages = new Map(readPackages(root).map((one) => [one.name, one]));
  const world = { root, table, packages };
  return [...packages.values()].flatMap((one) => [...checkManifest(world, one), ...checkSources(world, one)]);
}

/**
 * @param {string} root
 * @returns {Package[]}
 */
function readPackages(root) {
  const names = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  return names.map((name) => {
    const folder = join(root, 'packages', name);
    const file = join(folder, 'package.json');
    const manifest = /** @type {Manifest} */ (readJson(file));
    const text = readFileSync(file, 'utf8');
    return { name, folder, manifest, text };
  });
}

/**
 * @param {World} world
 * @param {Package} one
 * @returns {Violation[]}
 */
function checkManifest(world, one) {
  const { manifest, text } = one;
  const file = relative(world.root, join(one.folder, 'package.json'));
  if (world.table[one.name] === undefined) {
    return [{ file, line: 1, rule: `${one.name} has no row in tools/layers.json` }];
  }
  const dependencies = [...runtimeDependencies(manifest), ...Object.keys(manifest.devDependencies ?? {})];
  return dependencies.flatMap((dependency) => {
    const line = text.slice(0, text.indexOf(`"${dependency}"`)).split('\n').length;
    return dependencyRules(world, one, dependency).map((rule) => ({ file, line, rule }));
  });
}

/**
 * @param {World} world
 * @param {Package} one
 * @param {string} dependency
 */
function dependencyRules(world, one, dependency) {
  if (isCryptography(dependency) && one.name !== 'crypto') {
    return [`only crypto depends on ${dependency}`];
  }
  const target = dependency.startsWith(scope) ? dependency.slice(scope.length) : undefined;
  return target === undefined || mayImport(world, one.name, target, true)
    ? []
    : [`${one.name} may not depend on ${target}`];
}

/**
 * @param {World} world
 * @param {Package} one
 * @returns {Violation[]}
 */
function checkSources(world, one) {
  const sources = sourceFiles(join(one.folder, 'src')).map((path) => {
    return { path, imports: importsOf(path, readFileSync(path, 'utf8')) };
  });
  const broken = sources.flatMap(({ path, imports }) => {
    const file = relative(world.root, path);
    return imports.flatMap((found) => {
      const rule = brokenRule(world, one, path, found);
      return rule === undefined ? [] : [{ file, line: found.line, rule }];
    });
  });
  return [...broken, ...closingImports(sources).map((closing) => circleRule(world, one, closing))];
}

/**
 * @param {World} world
 * @param {Package} one
 * @param {import('./circles.mjs').Closing} closing
 * @returns {Violation}
 */
function circleRule({ root }, { folder }, { path, line, circle }) {
  const way = circle.map((each) => relative(join(folder, 'src'), each)).join(' → ');
  return { file: relative(root, path), line, rule: `closes a circle of imports: ${way}` };
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourceFiles(folder) {
  if (!existsSync(folder)) {
    return [];
  }
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return entries.filter((name) => /\.[cm]?[jt]sx?$/.test(name)).map((name) => join(folder, name));
}

/**
 * What an import does wrong, in words; undefined for nothing.
 * @param {World} world
 * @param {Package} one
 * @param {string} path of the importing file
 * @param {Import} found
 */
function brokenRule(world, one, path, { specifier, typeOnly }) {
  if (specifier === undefined) {
    return 'a computed import cannot be checked: name the module';
  }
  if (specifier.startsWith('.') || specifier.startsWith('/')) {
    return leavesPackage(one, path, specifier) ? `"${specifier}" leaves the package: import it by its name` : undefined;
  }
  if (isCryptography(specifier) && one.name !== 'crypto') {
    return `only crypto imports ${specifier}: ask the CryptoCore`;
  }
  if (specifier.startsWith(scope)) {
    return brokenArrow(world, one, specifier, typeOnly);
  }
  const name = packageName(specifier);
  const isKnown = isBuiltin(specifier) || runtimeDependencies(one.manifest).includes(name);
  return isKnown ? undefined : `${name} is not among the dependencies in package.json`;
}

/**
 * @param {World} world
 * @param {Package} one
 * @param {string} specifier of a package of the house
 * @param {boolean} typeOnly
 */
function brokenArrow({ table, packages, ...world }, one, specifier, typeOnly) {
  const name = packageName(specifier);
  const target = name.slice(scope.length);
  if (target === one.name) {
    return `${one.name} imports itself by name: use a relative path`;
  }
  if (!mayImport({ table, packages, ...world }, one.name, target, typeOnly)) {
    return `${one.name} may not import ${target}: ${allowedWords(table, one.name)}`;
  }
  if (!runtimeDependencies(one.manifest).includes(name)) {
    return `${name} is not among the dependencies in package.json`;
  }
  const subpath = `.${specifier.slice(name.length)}`;
  const exported = exportedPaths(packages.get(target)?.manifest);
  return exported.some((pattern) => covers(pattern, subpath))
    ? undefined
    : `${specifier} is not among the exports of ${name}`;
}

/**
 * @param {World} world
 * @param {string} name
 * @param {string} target
 * @param {boolean} typeOnly
 */
function mayImport({ table }, name, target, typeOnly) {
  const allowed = table[name] ?? [];
  return allowed.includes(target) || (typeOnly && allowed.includes(`type ${target}`));
}

/**
 * @param {LayerTable} table
 * @param {string} name
 */
function allowedWords(table, name) {
  const allowed = table[name] ?? [];
  return allowed.length === 0 ? 'it imports no package of the house' : `it may import ${allowed.join(', ')}`;
}

/**
 * @param {Package} one
 * @param {string} path
 * @param {string} specifier
 */
function leavesPackage({ folder }, path, specifier) {
  const target = specifier.startsWith('/') ? specifier : join(dirname(path), specifier);
  return !target.startsWith(join(folder, 'src') + sep);
}

/** @param {string} specifier */
function isCryptography(specifier) {
  return /^(node:)?crypto$|^@noble\//.test(specifier);
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {Manifest} manifest */
function runtimeDependencies({ dependencies, optionalDependencies, peerDependencies }) {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** @param {Manifest | undefined} manifest */
function exportedPaths(manifest) {
  const exported = manifest?.exports ?? {};
  return typeof exported === 'string' ? ['.'] : Object.keys(exported);
}

/**
 * Whether a key of `exports`, which may hold one `*`, stands for the subpath.
 * @param {string} pattern
 * @param {string} subpath
 */
function covers(pattern, subpath) {
  const [before = '', after] = pattern.split('*');
  return after === undefined
    ? pattern === subpath
    : subpath.startsWith(before) && subpath.endsWith(after) && subpath.length > before.length + after.length;
}
