import type { AccessEntry, AccessEntryInput, AccessResource } from '@selvage/ocf';
import { rightsPhrase, rightsText } from './language/rights.js';
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
  /** The rights and the resources in a sentence: `read and write /switch`. */
  readonly phrase: string;
  readonly resources: readonly string[];
}

export function entryWords({ aceid, subject, permission, resources }: AccessEntry, operator: Operator): EntryWords {
  const who = subjectText(subject, (device) => operator.nameOf(device));
  return { aceid, who, ...grantWords({ permission, resources }) };
}

/** What is granted, whoever it is for. */
export function grantWords({
  permission,
  resources: granted,
}: Pick<AccessEntryInput, 'permission' | 'resources'>): Pick<EntryWords, 'rights' | 'phrase' | 'resources'> {
  const resources = granted.map(resourceText);
  const phrase = `${rightsPhrase(permission)} ${resources.join(', ')}`;
  return { rights: rightsText(permission), phrase, resources };
}

/** Where the list of a device says something of the application, and not to its owner. */
export function isOfInterest({ subject, resources }: AccessEntry, { site }: Operator): boolean {
  const isOwner = 'uuid' in subject && subject.uuid === site.settings.owner;
  return !isOwner && resources.some((resource) => !('href' in resource) || !/^\/oic\//.test(resource.href));
}
