import { SelvageError } from '@selvage/core';
import { readCertificate, type TrustAnchor } from '@selvage/pki';
import { credentialUsages } from '../../security/credential.js';
import type { DurableState } from '../state/durable-state.js';
import type { StoredCredential } from '../state/stored-credential.js';

const known = new WeakMap<readonly StoredCredential[], readonly TrustAnchor[]>();

/** The authorities that the owner has made a device trust, each for all devices or for one. Read once for each list. */
export function anchorsOf({ credentials }: Pick<DurableState, 'credentials'>): readonly TrustAnchor[] {
  const before = known.get(credentials);
  if (before !== undefined) return before;
  const anchors = credentials.filter(({ usage }) => usage === credentialUsages.trustAnchor).flatMap(anchorsIn);
  known.set(credentials, anchors);
  return anchors;
}

function anchorsIn({ chain = [], subjectuuid: subject }: StoredCredential): readonly TrustAnchor[] {
  return chain.flatMap((der) => {
    try {
      return [{ certificate: readCertificate(der), subject }];
    } catch (error) {
      // It was readable when it was stored; what no longer is vouches for nobody.
      if (error instanceof SelvageError) return [];
      throw error;
    }
  });
}
