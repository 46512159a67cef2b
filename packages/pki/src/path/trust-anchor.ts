import type { Certificate } from '../certificate/certificate.js';

/** An authority that a person, or the owner of a device, chose to trust. */
export interface TrustAnchor {
  readonly certificate: Certificate;
  /**
   * The one device that it may vouch for, as a UUID in lower case; `*`, or left out, for all. It is the `subjectuuid` of
   * a credential with the usage `oic.sec.cred.trustca`.
   */
  readonly subject?: string | undefined;
}
