import { bytesEqual, type Clock, type PeerAddress, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type CertificateList, nameText, ocfManufacturerPurpose, type TrustAnchor, verifyChain } from '@selvage/pki';
import type { OcfClient } from '../../client/client.js';
import type { ReachableDevice } from '../../client/found-device.js';
import type { SessionSecurity } from '../../client/secure-channel.js';
import type { OcfSession } from '../../client/session.js';
import { pinHint, pinIdentity, pinKey } from '../../security/pin.js';
import { type TransferMethod, transferMethods } from '../../security/transfer-method.js';
import type { Uuid } from '../../uuid/uuid.js';

/** What onboarding connections are opened with. */
export interface ConnectionSetting {
  readonly core: CryptoCore;
  readonly clock: Clock;
  /** The manufacturers whose devices are taken. */
  readonly manufacturerAnchors: readonly TrustAnchor[];
  /** Lists of what was revoked. */
  readonly revocationLists?: (() => readonly CertificateList[]) | undefined;
}

/** What a manufacturer's certificate says of a device. */
export interface ManufacturerFacts {
  readonly subject: string;
  readonly mudUrl?: string | undefined;
}

/** The onboarding connection of a device, and who its manufacturer says it is, where that was shown. */
export interface OnboardingConnection<Address extends PeerAddress> {
  readonly session: OcfSession<Address>;
  readonly manufacturer: ManufacturerFacts | undefined;
}

/** The method that was chosen, with what it takes. */
export type ChosenMethod =
  | { readonly method: 'random-pin'; readonly pin: Secret }
  | { readonly method: Exclude<TransferMethod, 'random-pin'> };

/**
 * Opens the device onboarding connection, after the method was chosen on the device.
 * @throws SelvageError (rejects) `wrong-pin`, and with what else the handshake failed of: for manufacturer certificates as
 *   {@link verifyChain}.
 */
export async function openConnection<Address extends PeerAddress>(
  client: OcfClient<Address>,
  to: ReachableDevice<Address>,
  chosen: ChosenMethod,
  setting: ConnectionSetting,
): Promise<OnboardingConnection<Address>> {
  switch (chosen.method) {
    case 'just-works': {
      const { suites } = transferMethods['just-works'];
      return { session: await client.open(to, { suites, credentials: {} }), manufacturer: undefined };
    }
    case 'random-pin': {
      const session = await withPin(client, to, pinSecurity(to.device, chosen.pin, setting.core));
      return { session, manufacturer: undefined };
    }
    case 'manufacturer-certificate':
      return withManufacturer(client, to, setting);
  }
}

/** The connection that only who knows the PIN can open. The device's UUID is the one it has before it is renamed. */
function pinSecurity(device: Uuid, pin: Secret, core: CryptoCore): SessionSecurity {
  const key = pinKey(core, pin, device);
  const expected = pinHint(device);
  return {
    suites: transferMethods['random-pin'].suites,
    isGuess: true,
    credentials: {
      keyForHint: (hint) =>
        hint === undefined || bytesEqual(hint, expected) ? { identity: pinIdentity, key } : undefined,
    },
  };
}

/** With a wrong PIN the two sides make different keys, and the device cannot read what comes first under them. */
const alertsOfWrongKeys: readonly unknown[] = ['bad_record_mac', 'decrypt_error', 'handshake_failure'];

async function withPin<Address extends PeerAddress>(
  client: OcfClient<Address>,
  to: ReachableDevice<Address>,
  security: SessionSecurity,
): Promise<OcfSession<Address>> {
  try {
    return await client.open(to, security);
  } catch (cause) {
    if (!(cause instanceof SelvageError) || !speaksOfWrongKeys(cause)) throw cause;
    throw new SelvageError('wrong-pin', `device ${to.device} did not accept the PIN`, {
      cause,
      details: { step: 'open the onboarding connection', device: to.device },
      remedy: 'discover the device again, for some reset themselves then, and give the PIN that it shows',
    });
  }
}

function speaksOfWrongKeys({ code, details }: SelvageError): boolean {
  if (code === 'peer-alert') return alertsOfWrongKeys.includes(details?.['alert']);
  return code === 'decrypt-error' || code === 'bad-record';
}

async function withManufacturer<Address extends PeerAddress>(
  client: OcfClient<Address>,
  to: ReachableDevice<Address>,
  { core, clock, manufacturerAnchors, revocationLists }: ConnectionSetting,
): Promise<OnboardingConnection<Address>> {
  let manufacturer: ManufacturerFacts | undefined;
  const session = await client.open(to, {
    suites: transferMethods['manufacturer-certificate'].suites,
    credentials: {},
    judge: (chain) => {
      const [now, crls] = [clock.wallTime(), revocationLists?.()];
      const options = { core, anchors: manufacturerAnchors, crls, now, purpose: ocfManufacturerPurpose };
      const judgement = verifyChain(chain, options);
      const [leaf] = judgement.accepted ? judgement.path : [];
      if (judgement.accepted && leaf !== undefined) {
        manufacturer = { subject: nameText(leaf.subject), mudUrl: judgement.mudUrl };
      }
      return judgement;
    },
  });
  return { session, manufacturer };
}
