import { SelvageError } from '@selvage/core';
import type { AccessEntryInput, AccessResource, Subject } from '../../security/access-entry.js';
import type { StoredEntry } from '../state/stored-entry.js';

/** Entries of a device, and resources of an entry, at most. */
const mostEntries = 256;
const mostResources = 256;

/**
 * An access control list with further entries. An entry with the ID of one that is there replaces it; one without an ID
 * that differs from one that is there by its resources alone adds them to that; any other is added.
 * @throws SelvageError `payload-too-large` (4.13)
 */
export function mergeEntries(
  entries: readonly StoredEntry[],
  inputs: readonly AccessEntryInput[],
  newId: (taken: readonly number[]) => number,
): readonly StoredEntry[] {
  let merged = entries;
  for (const input of inputs) merged = mergeEntry(merged, input, newId);
  if (merged.length > mostEntries || merged.some(({ resources }) => resources.length > mostResources)) {
    throw new SelvageError('payload-too-large', 'the access control list would become too long');
  }
  return merged;
}

function mergeEntry(
  entries: readonly StoredEntry[],
  { href: _, ...input }: AccessEntryInput,
  newId: (taken: readonly number[]) => number,
): readonly StoredEntry[] {
  const { aceid } = input;
  if (aceid !== undefined)
    return added(
      entries.filter((entry) => entry.aceid !== aceid),
      { ...input, aceid },
    );
  const like = entries.find((entry) => isLike(entry, input));
  if (like !== undefined) return entries.map((entry) => (entry === like ? withResources(entry, input) : entry));
  return added(entries, { ...input, aceid: newId(entries.map((entry) => entry.aceid)) });
}

/** An entry that speaks of no resource is none. */
function added(entries: readonly StoredEntry[], entry: StoredEntry): readonly StoredEntry[] {
  const { resources } = entry;
  if (resources.length === 0) return entries;
  return [...entries, { ...entry, resources: union([], resources) }];
}

function withResources(entry: StoredEntry, { resources }: AccessEntryInput): StoredEntry {
  return { ...entry, resources: union(entry.resources, resources) };
}

function union(some: readonly AccessResource[], more: readonly AccessResource[]): readonly AccessResource[] {
  const result = new Map([...some, ...more].map((resource) => [keyOf(resource), resource]));
  return [...result.values()];
}

function isLike(entry: StoredEntry, input: AccessEntryInput): boolean {
  return entry.permission === input.permission && entry.tag === input.tag && isSame(entry.subject, input.subject);
}

function isSame(a: Subject, b: Subject): boolean {
  if ('uuid' in a) return 'uuid' in b && a.uuid === b.uuid;
  if ('conntype' in a) return 'conntype' in b && a.conntype === b.conntype;
  return 'role' in b && a.role === b.role && a.authority === b.authority;
}

function keyOf(resource: AccessResource): string {
  return 'href' in resource ? `href ${resource.href}` : `wc ${resource.wc}`;
}
