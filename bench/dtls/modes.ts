/** The credentials of each figure, for both sides. */
import { Secret, SelvageError, systemEntropy } from '@selvage/core';
import { type CryptoCore, type KeyHandle, nativeCore } from '@selvage/crypto';
import type { ChainVerdict, DtlsConfiguration, SignOperation } from '@selvage/dtls';
import { newAuthority, newKeyPair } from './certificates.js';
import type { Answers } from './joined.js';

export interface Mode {
  readonly client: DtlsConfiguration;
  readonly server: DtlsConfiguration;
  readonly answers?: Answers;
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

/** Certificates on both sides, from one authority that both trust; each side verifies the other's. */
export function ecdsa(): Mode {
  const authority = newAuthority();
  const keys = new Map<string, Uint8Array>();
  const side = (name: string): DtlsConfiguration => {
    const { privateKey, publicKey } = newKeyPair();
    const key: KeyHandle = { id: name, algorithm: 'ecdsa-p256', usages: ['sign'], publicKey };
    keys.set(name, privateKey);
    return {
      core: nativeCore,
      entropy: systemEntropy,
      suites: ['TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8'],
      credentials: { certificate: { chain: [authority.issue(name, publicKey)], key } },
      clientAuthentication: 'require',
    };
  };
  const sign = ({ key, hash, message }: SignOperation): Uint8Array =>
    nativeCore.p256.sign(keys.get(key.id) ?? new Uint8Array(), hash, message);
  const judge = ([leaf]: readonly Uint8Array[]): ChainVerdict =>
    leaf !== undefined && authority.vouchesFor(leaf)
      ? { accepted: true }
      : { accepted: false, error: new SelvageError('unknown-ca', 'not of the authority of the bench') };
  return { client: side('client'), server: side('server'), answers: { sign, judge } };
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
