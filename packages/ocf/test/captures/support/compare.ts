import type { CborMap, CborValue } from '@selvage/core';
import { bareName, kindOfName, type Renaming } from './renaming.js';

/** Where two values differ. */
export interface Difference {
  /** Such as `creds[0].publicdata.data`. */
  readonly path: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** A difference that is right, and why. */
export interface Exception {
  /** Where; `[]` stands for any place in a list, `*` for the rest of the path. */
  readonly path: string;
  readonly reason: string;
  /** What ours must be, where that can be said. */
  readonly accepts?: (theirs: unknown, ours: unknown) => boolean;
}

/** Numbers that a device chooses for what it keeps. */
const chosenNumbers = ['credid', 'aceid'];

/** Where a value of ours differs from the reference's, but for names and for what `exceptions` allow. */
export function differences(
  theirs: CborValue,
  ours: CborValue,
  renaming: Renaming,
  exceptions: readonly Exception[] = [],
): readonly Difference[] {
  return compare(theirs, ours, '', renaming).filter((one) => !exceptions.some((exception) => allows(exception, one)));
}

/** Whether an exception is about a difference, and takes it. */
export function allows({ path, accepts }: Exception, { path: where, theirs, ours }: Difference): boolean {
  const pattern = path
    .replace(/[.+?^${}()|\\[\]]/g, '\\$&')
    .replaceAll('\\[\\]', '\\[[^\\]]*\\]')
    .replace(/\*$/, '.*');
  return new RegExp(`^${pattern}$`).test(where) && (accepts?.(theirs, ours) ?? true);
}

function compare(theirs: CborValue, ours: CborValue, path: string, renaming: Renaming): Difference[] {
  if (theirs instanceof Map && ours instanceof Map)
    return compareMaps(theirs as CborMap, ours as CborMap, path, renaming);
  if (Array.isArray(theirs) && Array.isArray(ours)) return compareLists(theirs, ours, path, renaming);
  if (typeof theirs === 'string' && typeof ours === 'string' && isSameText(theirs, ours, renaming)) return [];
  if (theirs instanceof Uint8Array && ours instanceof Uint8Array && Buffer.compare(theirs, ours) === 0) return [];
  if (typeof theirs === 'number' && typeof ours === 'number' && isChosen(theirs, ours, path, renaming)) return [];
  if (Object.is(theirs, ours)) return [];
  return [{ path, theirs, ours }];
}

function isChosen(theirs: number, ours: number, path: string, renaming: Renaming): boolean {
  const name = chosenNumbers.find((one) => path.endsWith(`.${one}`));
  return name !== undefined && renaming.matches(name, String(theirs), String(ours));
}

function compareMaps(theirs: CborMap, ours: CborMap, path: string, renaming: Renaming): Difference[] {
  const names = new Set([...theirs.keys(), ...ours.keys()]);
  return [...names].flatMap((name) => {
    const where = path === '' ? String(name) : `${path}.${name}`;
    if (theirs.has(name) && ours.has(name)) return compare(theirs.get(name), ours.get(name), where, renaming);
    return [{ path: where, theirs: theirs.get(name) ?? 'absent', ours: ours.get(name) ?? 'absent' }];
  });
}

/** Links are told apart by what they lead to, not by their place; so is the order of types and interfaces nobody's promise. */
function compareLists(
  theirs: readonly CborValue[],
  ours: readonly CborValue[],
  path: string,
  renaming: Renaming,
): Difference[] {
  if (theirs.some((one) => hrefOf(one) !== undefined)) return compareLinks(theirs, ours, path, renaming);
  const length = Math.max(theirs.length, ours.length);
  return Array.from({ length }, (_, at) => at).flatMap((at) => {
    const where = `${path}[${at}]`;
    if (at < theirs.length && at < ours.length) return compare(theirs[at], ours[at], where, renaming);
    return [{ path: where, theirs: theirs[at] ?? 'absent', ours: ours[at] ?? 'absent' }];
  });
}

function compareLinks(
  theirs: readonly CborValue[],
  ours: readonly CborValue[],
  path: string,
  renaming: Renaming,
): Difference[] {
  const [there, here] = [byHref(theirs), byHref(ours)];
  return [...new Set([...there.keys(), ...here.keys()])].flatMap((href) => {
    const where = `${path}[${href}]`;
    if (there.has(href) && here.has(href)) return compare(there.get(href), here.get(href), where, renaming);
    return [{ path: where, theirs: there.get(href) ?? 'absent', ours: here.get(href) ?? 'absent' }];
  });
}

function byHref(links: readonly CborValue[]): Map<string, CborValue> {
  return new Map(links.map((link) => [hrefOf(link) ?? '', link]));
}

function hrefOf(value: CborValue): string | undefined {
  const href = value instanceof Map ? (value as CborMap).get('href') : undefined;
  return typeof href === 'string' ? href : undefined;
}

function isSameText(theirs: string, ours: string, renaming: Renaming): boolean {
  if (theirs === ours && !isRenamed(theirs, renaming)) return true;
  const kind = kindOfName(theirs);
  return kind !== undefined && kind === kindOfName(ours) && renaming.matches(kind, bareName(theirs), bareName(ours));
}

/** Whether the reference's name stands for another one of ours: then its own form must not turn up again. */
function isRenamed(theirs: string, renaming: Renaming): boolean {
  const kind = kindOfName(theirs);
  return kind !== undefined && renaming.ours(kind, bareName(theirs)) !== bareName(theirs);
}
