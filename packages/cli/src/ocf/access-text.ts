import type { AccessEntry, AccessResource } from '@selvage/ocf';
import { rightsText } from './language/rights.js';
import { subjectText } from './language/subject.js';
import type { Operator } from './operator.js';

const wildcards = {
  '*': 'all of the application',
  '+': 'all that can be discovered',
  '-': 'all that can be discovered unsecured',
} as const;

/** What an entry is for, in words. */
export function resourceText(resource: AccessResource): string {
  return 'href' in resource ? resource.href : wildcards[resource.wc];
}

/** An entry as tables and programs have it. */
export interface EntryWords {
  readonly aceid: number;
  readonly who: string;
  readonly rights: string;
  readonly resources: readonly string[];
}

export function entryWords({ aceid, subject, permission, resources }: AccessEntry, operator: Operator): EntryWords {
  const who = subjectText(subject, (device) => operator.nameOf(device));
  return { aceid, who, rights: rightsText(permission), resources: resources.map(resourceText) };
}

/** Where the list of a device says something of the application, and not to its owner. */
export function isOfInterest({ subject, resources }: AccessEntry, { site }: Operator): boolean {
  const isOwner = 'uuid' in subject && subject.uuid === site.settings.owner;
  return !isOwner && resources.some((resource) => !('href' in resource) || !/^\/oic\//.test(resource.href));
}
