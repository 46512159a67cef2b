import type { Secret } from '@selvage/core';
import type { CredentialUsage } from '../../security/credential.js';
import type { Uuid } from '../../uuid/uuid.js';

/** A role that the holder of a pairwise key has. */
export interface RoleId {
  readonly role: string;
  readonly authority?: string | undefined;
}

/** The identifiers of an OSCORE security context. */
export interface OscoreIds {
  readonly senderid?: string | undefined;
  readonly recipientid?: string | undefined;
  readonly desc?: string | undefined;
}

/** A credential as a device keeps it: keys as bytes, certificates as DER. */
export interface StoredCredential {
  readonly credid: number;
  readonly credtype: number;
  readonly subjectuuid: Uuid | '*';
  readonly usage?: CredentialUsage | undefined;
  /** A pre-shared key or an OSCORE master secret. */
  readonly key?: Secret | undefined;
  /** Certificates, the end entity's first. */
  readonly chain?: readonly Uint8Array[] | undefined;
  readonly roleid?: RoleId | undefined;
  readonly oscore?: OscoreIds | undefined;
  readonly tag?: string | undefined;
}

/** What of a credential its input says, before it has an ID. */
export type NewCredential = Omit<StoredCredential, 'credid'>;
