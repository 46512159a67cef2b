import { SelvageError } from '@selvage/core';
import type { Subject, Uuid } from '@selvage/ocf';

/** Whoever came over a secured connection, and everybody. */
const connections = { 'anyone-authenticated': 'auth-crypt', anyone: 'anon-clear' } as const;

/**
 * Reads whom an access control entry is for: a device, `role:<name>` or `role:<name>@<authority>`, `anyone-authenticated`
 * or `anyone`.
 * @param deviceOf the UUID of a device that is called so; it throws for one that is not known
 * @throws SelvageError `invalid-argument`, and as `deviceOf`.
 */
export function parseSubject(text: string, deviceOf: (called: string) => Uuid): Subject {
  if (Object.hasOwn(connections, text)) return { conntype: connections[text as keyof typeof connections] };
  const [isRole, role = '', authority] = /^role:([^@]*)(?:@(.*))?$/.exec(text) ?? [];
  if (isRole === undefined) return { uuid: deviceOf(text) };
  if (role !== '' && authority !== '') return authority === undefined ? { role } : { role, authority };
  throw new SelvageError('invalid-argument', `${text} names no role`, {
    remedy: 'write role:<name>, or role:<name>@<authority> where it matters who granted it',
  });
}

/** A subject as {@link parseSubject} reads it. */
export function subjectText(subject: Subject, nameOf: (device: Uuid) => string): string {
  if ('uuid' in subject) return nameOf(subject.uuid);
  if ('conntype' in subject) return subject.conntype === 'auth-crypt' ? 'anyone-authenticated' : 'anyone';
  const { role, authority } = subject;
  return `role:${role}${authority === undefined ? '' : `@${authority}`}`;
}

/** Whether two subjects are the same one. */
export function isSameSubject(a: Subject, b: Subject): boolean {
  return subjectText(a, String) === subjectText(b, String);
}
