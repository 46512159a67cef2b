import { nativeCore } from '@selvage/crypto';
import { implementationId } from '@selvage/device/node';
import { attestationJudge, certifiedKeys } from '@selvage/hardware';
import type { AttestationPolicy } from '@selvage/ocf';
import { readCertificate } from '@selvage/pki';
import type { Operator } from '../../ocf/operator.js';
import type { Surface } from '../../terminal/surface.js';
import type { Made } from './factory.js';

/**
 * What the owner demands of each device before it grants it anything: that a key which the device's manufacturer certified
 * says, for this very session, that a secured board runs firmware which the manufacturer signed, and none too old.
 */
export function demandedOf({ clock }: Surface, owner: Operator, { releases, signer }: Made): AttestationPolicy {
  const now = (): number => clock.wallTime();
  const anchors = owner.site.settings.manufacturers.map((der) => ({ certificate: readCertificate(der) }));
  const judge = attestationJudge({
    core: nativeCore,
    keyOf: certifiedKeys({ core: nativeCore, anchors, now }),
    now,
    reference: {
      implementations: [implementationId(nativeCore)],
      lifeCycles: ['secured'],
      components: [
        { type: 'PRoT', signers: [new Uint8Array(signer.length)] },
        { type: 'APP', signers: [signer], minimumVersion: releases.present.version },
      ],
    },
  });
  return { demand: 'always', judge };
}
