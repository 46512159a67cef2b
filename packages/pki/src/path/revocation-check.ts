import { toHex } from '@selvage/core';
import type { CertificateList } from '../revocation/certificate-list.js';
import { revocationStatus } from '../revocation/status.js';
import type { CommonRules } from './common-checks.js';
import { type Link, refusal, timeText } from './refusal.js';

/** How revocation is looked at. */
export interface RevocationRules extends CommonRules {
  readonly lists: readonly CertificateList[];
  /** Whether a certificate of which no list says anything is refused. */
  readonly isRequired: boolean;
}

/** @throws SelvageError `certificate-revoked`; `certificate-unknown` where a list is required and none decides. */
export function checkRevocation(link: Link, issuer: Link, rules: RevocationRules): void {
  const status = revocationStatus(link.certificate, issuer.certificate, rules);
  switch (status.kind) {
    case 'good':
      return;
    case 'revoked': {
      const { reason, revokedAt, serialNumber } = status.entry;
      throw refusal(link, {
        code: 'certificate-revoked',
        check: 'revocation',
        problem: `its issuer revoked it on ${timeText(revokedAt)}: ${reason}`,
        details: { reason, revokedAt: timeText(revokedAt), serialNumber: toHex(serialNumber) },
      });
    }
    case 'unknown':
      if (!rules.isRequired) return;
      throw refusal(link, {
        code: 'certificate-unknown',
        check: 'revocation',
        problem: `whether it was revoked cannot be said: ${status.why}`,
        remedy: 'get the newest revocation list of its issuer',
      });
  }
}
