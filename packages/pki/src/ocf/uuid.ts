import { attributeTypes } from '../names/attribute-types.js';
import { type Name, textsOf } from '../names/name.js';

/** Any UUID, whatever its variant bits: those of the reference implementation are not RFC 4122's. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const prefix = 'uuid:';

/** Whether the text is a UUID in lower case. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/**
 * The device that a subject names, as a UUID in lower case: the one common name is `uuid:` and the UUID, nothing else.
 * The reference takes `uuid:` anywhere in the first of several names; one who could choose a part of a common name could
 * then choose a device.
 */
export function deviceOf(subject: Name): string | undefined {
  const names = textsOf(subject, attributeTypes.CN);
  const text = names.length === 1 ? names[0]?.toLowerCase() : undefined;
  const rest = text?.startsWith(prefix) === true ? text.slice(prefix.length) : '';
  return isUuid(rest) ? rest : undefined;
}

/** The common name of a device's identity: `uuid:` and the UUID. */
export function deviceCommonName(device: string): string {
  return prefix + device;
}
