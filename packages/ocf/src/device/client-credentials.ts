import { type KeyHandle, type KeyHome, signerOf } from '@selvage/crypto';
import type { ClientIdentity } from '../client/identity.js';
import type { OcfClientOptions } from '../client/client.js';
import { credentialUsages } from '../security/credential.js';
import { anchorsOf } from './credential/anchors.js';
import { pairwiseCredential } from './credential/pairwise.js';
import { presentedChain } from './credential/presented-chain.js';
import { identityOf } from './session/server-selection.js';
import type { DurableState } from './state/durable-state.js';

/**
 * What a device goes by where it is the client of others, as a switch is of a light: who it is and the authorities
 * that it trusts, as its owner provisioned them. It is asked anew for every session.
 */
export type DeviceClientCredentials = Required<Pick<OcfClientOptions<never>, 'identity' | 'anchors' | 'sign'>>;

/** The credentials of a device as they are at each moment. */
export function clientCredentials(
  state: () => DurableState,
  ownKey: () => KeyHandle,
  keys: KeyHome,
): DeviceClientCredentials {
  const identity: ClientIdentity = {
    get device() {
      return state().deviceuuid;
    },
    pskFor: (device) => pairwiseCredential(state(), device)?.key,
    get certificate() {
      return identityOf(state(), ownKey());
    },
    get roles() {
      return roleChains(state());
    },
  };
  return { identity, anchors: () => anchorsOf(state()), sign: signerOf(keys) };
}

function roleChains({ credentials }: DurableState): readonly (readonly Uint8Array[])[] {
  const roles = credentials.filter(({ usage }) => usage === credentialUsages.role);
  return roles.flatMap(({ chain }) => (chain === undefined ? [] : [presentedChain(chain)]));
}
