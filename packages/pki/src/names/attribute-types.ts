/** The attribute types that people write by a short name (RFC 4514 §3 and what OpenSSL prints), by that name. */
export const attributeTypes = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  street: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  dnQualifier: '2.5.4.46',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  emailAddress: '1.2.840.113549.1.9.1',
} as const;

/** A short name of an attribute type. */
export type AttributeTypeName = keyof typeof attributeTypes;

const namesByType: ReadonlyMap<string, string> = new Map(
  Object.entries(attributeTypes).map(([name, type]) => [type, name]),
);

/** The short name of a type, or its object identifier where it has none here. */
export function shortNameOf(type: string): string {
  return namesByType.get(type) ?? type;
}

/** The type of a short name of either case, or of an object identifier; `undefined` for anything else. */
export function typeOfShortName(text: string): string | undefined {
  const known = Object.entries(attributeTypes).find(([name]) => name.toLowerCase() === text.toLowerCase());
  return known?.[1] ?? (/^[0-2](\.\d+)+$/.test(text) ? text : undefined);
}
