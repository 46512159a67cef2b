import { oneOf } from '../property/one-of.js';
import type { Valued } from '../property/property-type.js';
import { optional, record, type RecordFields } from '../property/record.js';
import { checked } from '../property/refined.js';
import { boolean, integer } from '../property/scalars.js';
import { text, textOrBytes } from '../property/text.js';
import { uuidOrStar } from '../property/uuid.js';

/** The kinds of credentials, by their numbers on the wire. */
export const credentialTypes = {
  symmetricPairwise: 1,
  certificate: 8,
  oscore: 64,
  oscoreGroupClient: 128,
  oscoreGroupServer: 256,
} as const;

/** What a certificate is for. */
export const credentialUsages = {
  trustAnchor: 'oic.sec.cred.trustca',
  identity: 'oic.sec.cred.cert',
  role: 'oic.sec.cred.rolecert',
  manufacturerAnchor: 'oic.sec.cred.mfgtrustca',
  manufacturer: 'oic.sec.cred.mfgcert',
} as const;

/** What a certificate is for; see {@link credentialUsages}. */
export type CredentialUsage = (typeof credentialUsages)[keyof typeof credentialUsages];

/** How the data of a credential is written. */
export const encodings = {
  raw: 'oic.sec.encoding.raw',
  base64: 'oic.sec.encoding.base64',
  pem: 'oic.sec.encoding.pem',
  handle: 'oic.sec.encoding.handle',
} as const;

/** How the data of a credential is written; see {@link encodings}. */
export type Encoding = (typeof encodings)[keyof typeof encodings];

const usages = Object.values(credentialUsages) as [CredentialUsage, ...CredentialUsage[]];
const encodingNames = Object.values(encodings) as [Encoding, ...Encoding[]];

/** A key is no longer; a chain with its root takes about three kilobytes. */
const longestData = 16_384;

const data = textOrBytes({ maximum: longestData });
const encoding = oneOf(encodingNames);
const encoded = record({ data: optional(data), encoding: optional(encoding) }, { unknown: 'ignore' });
const roleid = record({ role: text({ maximum: 256 }), authority: optional(text({ maximum: 256 })) });
const optionalData = record({ revstat: optional(boolean) }, { unknown: 'ignore' });
const oscoreId = text({ pattern: /^[0-9a-fA-F]{14}$/ });

/** The properties of a credential, in the order in which the reference writes them. */
const fields = {
  credtype: integer({ minimum: 0, maximum: 256 }),
  subjectuuid: optional(uuidOrStar),
  roleid: optional(roleid),
  privatedata: optional(encoded),
  oscore: optional(
    record({
      senderid: optional(oscoreId),
      recipientid: optional(oscoreId),
      desc: optional(text({ maximum: 256 })),
      ssn: optional(integer({ minimum: 0 })),
    }),
  ),
  credusage: optional(oneOf(usages)),
  publicdata: optional(encoded),
  tag: optional(text({ maximum: 256 })),
} as const satisfies RecordFields;

const credid = integer({ minimum: 0, maximum: 0x7fff_ffff });

/** A credential as a device tells of it: without secrets. */
export const credential = record({ credid, ...fields }, { unknown: 'ignore' });

/**
 * A credential as it is given to a device. What nothing here honours is passed over, such as `crms`, but not what would
 * limit the credential: a period, and its revocation.
 */
export const credentialInput = record(
  {
    credid: optional(credid),
    ...fields,
    period: optional(checked(text(), () => 'periods are not honoured here')),
    optionaldata: optional(checked(optionalData, ({ revstat }) => (revstat === true ? 'it is revoked' : undefined))),
  },
  { unknown: 'ignore' },
);

/** A credential of a device, without what is secret in it. */
export type Credential = Valued<typeof credential>;
/** A credential to be. */
export type CredentialInput = Valued<typeof credentialInput>;
/** A key, a certificate or a chain, with how it is written. */
export type EncodedData = Valued<typeof encoded>;
