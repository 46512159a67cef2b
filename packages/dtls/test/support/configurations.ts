import { type Entropy, fromHex, Secret, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type KeyHandle, nativeCore, portableCore } from '@selvage/crypto';
import { type CipherSuiteName, cipherSuites, type DtlsConfiguration, DtlsConnection } from '../../src/index.js';
import { authority, clientCertificate, serverCertificate } from './certificates.js';
import { Pair, type PairOptions } from './pair.js';

export const allSuites = Object.keys(cipherSuites) as CipherSuiteName[];

export const passphrase = 'J01NME';
export const pskIdentity = fromHex('00ff10');
export const psk = fromHex('000102030405060708090a0b0c0d0e0f');
export const pskHint = fromHex('736974652d37');

/** A configuration for one side that has every credential, for the suites given. */
export function configuration(
  side: 'client' | 'server',
  suites: readonly CipherSuiteName[],
  changes: Partial<DtlsConfiguration> & { readonly seed?: number } = {},
): DtlsConfiguration {
  const { seed, ...rest } = changes;
  return {
    core: nativeCore,
    entropy: entropyOf(side, seed ?? 1),
    suites,
    credentials: {
      passphrase: Secret.text(passphrase),
      certificate: { chain: [certificateOf[side].certificate, authority.certificate], key: keyHandle(side) },
      keyForHint: () => ({ identity: pskIdentity, key: Secret.of(psk) }),
      keyForIdentity: () => Secret.of(psk),
      identityHint: pskHint,
    },
    ...rest,
  };
}

/** Different on each side, the same on every run. */
export function entropyOf(side: 'client' | 'server', seed: number): Entropy {
  return new SeededEntropy(seed * 2 + (side === 'client' ? 0 : 1));
}

/** A pair that speaks one suite; key operations are answered with the test certificates' keys. */
export function pairOf(
  suite: CipherSuiteName,
  changes: {
    readonly client?: Partial<DtlsConfiguration> & { readonly seed?: number };
    readonly server?: Partial<DtlsConfiguration> & { readonly seed?: number };
    readonly pair?: Partial<PairOptions>;
    readonly clientConnectionId?: Uint8Array;
    readonly serverConnectionId?: Uint8Array;
  } = {},
): Pair {
  const { clientConnectionId, serverConnectionId } = changes;
  return new Pair({
    client: DtlsConnection.client(configuration('client', [suite], changes.client), 0, {
      connectionId: clientConnectionId,
    }),
    server: DtlsConnection.server(configuration('server', [suite], changes.server), 0, {
      connectionId: serverConnectionId,
    }),
    sign: signWithTestKey,
    ...changes.pair,
  });
}

/**
 * Signs as the holder of the test certificate of a side, with the engine whose signatures are the same on every run
 * (RFC 6979): OpenSSL's differ, in length too. It is slow, and many tests sign the same, so signatures are kept.
 */
export const signWithTestKey: NonNullable<PairOptions['sign']> = ({ hash, message }, side) => {
  const name = `${side} ${hash} ${toHex(nativeCore.hash('sha256', message))}`;
  const signature = signatures.get(name) ?? portableCore.p256.sign(certificateOf[side].privateKey, hash, message);
  signatures.set(name, signature);
  return signature;
};

const signatures = new Map<string, Uint8Array>();

const certificateOf = { client: clientCertificate, server: serverCertificate };

/** The handle of a test key; the tests answer its operations themselves. */
function keyHandle(side: 'client' | 'server'): KeyHandle {
  return { id: side, algorithm: 'ecdsa-p256', usages: ['sign'] } as unknown as KeyHandle;
}
