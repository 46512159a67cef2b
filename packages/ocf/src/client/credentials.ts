import { bytesEqual, type Clock, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type CertificateList, ocfIdentityPurpose, type TrustAnchor, verifyChain } from '@selvage/pki';
import { certificateSuites, pskSuites } from '../security/transfer-method.js';
import { type Uuid, uuidBytes } from '../uuid/uuid.js';
import type { CertifiedKey, ClientIdentity } from './identity.js';
import type { SessionSecurity } from './secure-channel.js';

/** What a client judges devices by. */
export interface TrustSetting {
  readonly core: CryptoCore;
  readonly clock: Clock;
  /** Whose certificates are trusted to name devices; asked anew for every session. */
  readonly anchors: () => readonly TrustAnchor[];
  /** Lists of what those authorities have revoked, asked anew too. */
  readonly revocationLists?: (() => readonly CertificateList[]) | undefined;
}

/**
 * How to secure a session with a device: by the key that is shared with it, else by certificates.
 * @throws SelvageError `not-owned` where the client has neither for it.
 */
export function securityFor(device: Uuid, identity: ClientIdentity, trust: TrustSetting): SessionSecurity {
  const key = identity.pskFor(device);
  if (key !== undefined) return pskSecurity(device, identity.device, key);
  if (identity.certificate !== undefined) return certificateSecurity(device, identity.certificate, trust);
  throw new SelvageError('not-owned', `there is neither a key shared with device ${device} nor a certificate to show`, {
    remedy: 'own the device, or have its owner pair you with it or issue you an identity certificate',
  });
}

/** A session with a device by the key that it shares with `client`. */
export function pskSecurity(device: Uuid, client: Uuid, key: Secret): SessionSecurity {
  const [identity, expected] = [uuidBytes(client), uuidBytes(device)];
  // A server that says who it is must be the one that is meant; one that says nothing proves it by the key.
  const isMeant = (hint = expected): boolean => hint.length === 0 || bytesEqual(hint, expected);
  return {
    suites: pskSuites,
    credentials: { keyForHint: (hint) => (isMeant(hint) ? { identity, key } : undefined) },
  };
}

/** A session in which both sides show identity certificates; the device's must name it. */
export function certificateSecurity(
  device: Uuid,
  certificate: CertifiedKey,
  { core, clock, anchors, revocationLists }: TrustSetting,
): SessionSecurity {
  return {
    suites: certificateSuites,
    credentials: { certificate },
    judge: (chain) =>
      verifyChain(chain, {
        core,
        anchors: anchors(),
        crls: revocationLists?.(),
        now: clock.wallTime(),
        purpose: ocfIdentityPurpose,
        device,
      }),
  };
}
