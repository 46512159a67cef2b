import { SelvageError } from '@selvage/core';
import { permissions } from '@selvage/ocf';

/** What people call the rights; those of the specification that differ are taken as well. */
const rights = {
  read: permissions.retrieve,
  write: permissions.update,
  create: permissions.create,
  delete: permissions.delete,
  notify: permissions.notify,
} as const;
const others: Readonly<Record<string, number>> = {
  retrieve: permissions.retrieve,
  update: permissions.update,
  all: 31,
};
const letters: Readonly<Record<string, number>> = {
  c: permissions.create,
  r: permissions.retrieve,
  u: permissions.update,
  w: permissions.update,
  d: permissions.delete,
  n: permissions.notify,
};

/**
 * Reads `read,write`, `r,u` or `ru` as the bits of `permission`.
 * @throws SelvageError `invalid-argument`, naming the rights there are.
 */
export function parseRights(text: string): number {
  const words = text
    .toLowerCase()
    .split(/[,+\s]+/)
    .filter((word) => word !== '');
  const bits = words.map(bitsOf);
  if (bits.length > 0 && bits.every((some) => some !== undefined))
    return bits.reduce<number>((all, some) => all | some, 0);
  const unknown = words.find((word) => bitsOf(word) === undefined) ?? text;
  throw new SelvageError('invalid-argument', `${JSON.stringify(unknown)} is no right`, {
    remedy: `the rights are ${Object.keys(rights).join(', ')}; or their letters c, r, u or w, d, n; or all`,
  });
}

/** The rights of `permission` in words, such as `read, write`. */
export function rightsText(permission: number): string {
  const names = Object.entries(rights).filter(([, bit]) => (permission & bit) !== 0);
  if (names.length === Object.keys(rights).length) return 'all';
  return names.length === 0 ? 'nothing' : names.map(([name]) => name).join(', ');
}

/** The same in a sentence, such as `read and write`. */
export function rightsPhrase(permission: number): string {
  return rightsText(permission)
    .replace(/^all$/, 'do all with')
    .replace(/, ([a-z]+)$/, ' and $1');
}

function bitsOf(word: string): number | undefined {
  if (Object.hasOwn(rights, word)) return rights[word as keyof typeof rights];
  if (Object.hasOwn(others, word)) return others[word];
  if (!/^[cruwdn]+$/.test(word)) return undefined;
  return [...word].reduce((all, letter) => all | (letters[letter] as number), 0);
}
