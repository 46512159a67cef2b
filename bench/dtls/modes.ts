/** The credentials of each figure, for both sides. */
import { Secret, systemEntropy } from '@selvage/core';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import type { DtlsConfiguration } from '@selvage/dtls';

export interface Mode {
  readonly client: DtlsConfiguration;
  readonly server: DtlsConfiguration;
}

/** Thread's joiner suite, with a short passphrase on both sides. */
export function ecjpake(core: CryptoCore = nativeCore): Mode {
  const both: DtlsConfiguration = {
    core,
    entropy: systemEntropy,
    suites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8'],
    credentials: { passphrase: Secret.text('J01NME') },
  };
  return { client: both, server: both };
}

/** OCF's Random PIN suite. */
export function ecdhePsk(): Mode {
  return preSharedKey('TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256');
}

/** A pre-shared key alone: the cheapest handshake there is. */
export function psk(): Mode {
  return preSharedKey('TLS_PSK_WITH_AES_128_CCM_8');
}

function preSharedKey(suite: DtlsConfiguration['suites'][number]): Mode {
  const identity = new TextEncoder().encode('device');
  const key = Secret.of(new Uint8Array(16).fill(0x5e));
  const common = { core: nativeCore, entropy: systemEntropy, suites: [suite] };
  return {
    client: { ...common, credentials: { keyForHint: () => ({ identity, key }) } },
    server: { ...common, credentials: { keyForIdentity: () => key } },
  };
}
