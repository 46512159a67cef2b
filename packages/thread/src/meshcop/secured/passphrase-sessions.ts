import type { Entropy, Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { DtlsConfiguration } from '@selvage/dtls';

/**
 * Milliseconds. A flight of a few hundred bytes crosses a mesh of many hops in well under a second; a first wait of 8 s, as
 * the specification has it for DTLS (Thread 1.3 §8.4.2), makes a person wait for each frame that is lost.
 */
const retransmission = { initial: 1500, maximum: 12_000 };
/** Milliseconds. */
const handshakeTimeout = 30_000;
/** A flight goes in one datagram where the network allows. */
const maximumDatagram = 1100;

/**
 * How both sides of a Thread session with a passphrase shake hands: EC-JPAKE in DTLS 1.2, one suite, no extension that the
 * specification does not name (Thread 1.3 §8.4.2; MTD-COMM).
 * @param passphrase the bytes of PSKd, PSKc or ePSKc
 */
export function passphraseSession(core: CryptoCore, entropy: Entropy, passphrase: Secret): DtlsConfiguration {
  return {
    core,
    entropy,
    suites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8'],
    credentials: { passphrase },
    retransmission,
    handshakeTimeout,
    maximumDatagram,
    extendedMasterSecret: 'off',
    encryptThenMac: false,
  };
}
