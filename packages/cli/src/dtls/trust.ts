import { bytesEqual, type Clock, fromHex, SelvageError, toHex } from '@selvage/core';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import type { ChainVerdict } from '@selvage/dtls';
import { readOptionText } from './files.js';
import type { DtlsOptions } from './options.js';
import { readCertificate } from './x509/certificate.js';
import { verifySimpleChain } from './x509/chain.js';
import { certificatesInPem } from './x509/pem.js';

type TrustOptions = Pick<DtlsOptions, 'ca' | 'peerCertificate'>;

/** Whether the options say whom to trust. */
export function trusts({ ca, peerCertificate }: TrustOptions): boolean {
  return ca !== undefined || peerCertificate !== undefined;
}

/**
 * The judge of the peer's chain: a certificate whose hash was given is trusted, and one that leads to an authority of
 * `--ca` by signatures and times. Where neither is given every chain is refused, and the error says what to compare.
 * @throws SelvageError `invalid-argument`, `file-not-found`, `bad-certificate` for options that cannot be used.
 */
export function readTrust(options: TrustOptions, clock: Clock): (chain: readonly Uint8Array[]) => ChainVerdict {
  const core = nativeCore;
  const pins = (options.peerCertificate ?? []).map(readPin);
  const { ca } = options;
  const anchors = ca === undefined ? [] : certificatesInPem(readOptionText('--ca', ca), ca).map(readCertificate);
  return (chain) => {
    const leaf = chain[0] ?? new Uint8Array(0);
    if (pins.some((pin) => bytesEqual(pin, core.hash('sha256', leaf)))) return { accepted: true };
    if (anchors.length > 0) return verifySimpleChain(core, chain, anchors, clock.wallTime());
    return { accepted: false, error: unknown(core, leaf, pins.length > 0) };
  };
}

/** A certificate's name here: the hash of all of it. */
export function fingerprint(core: CryptoCore, certificate: Uint8Array): string {
  return `sha256:${toHex(core.hash('sha256', certificate))}`;
}

function unknown(core: CryptoCore, leaf: Uint8Array, hadPins: boolean): SelvageError {
  const shown = fingerprint(core, leaf);
  const why = hadPins ? 'is none of those given' : 'leads to nobody that is trusted here';
  return new SelvageError('unknown-ca', `the peer's certificate ${why}`, {
    details: { certificate: shown },
    remedy: `compare the hash with the one on the device; if it is the same: --peer-certificate ${shown}`,
  });
}

function readPin(text: string): Uint8Array {
  const match = /^sha256:((?:[0-9a-fA-F]{2}:?){32})$/.exec(text);
  if (match !== null) return fromHex(match[1] as string);
  throw new SelvageError('invalid-argument', `--peer-certificate ${text} is no hash of a certificate`, {
    remedy: 'give sha256: and 64 digits, as openssl x509 -noout -fingerprint -sha256 prints them',
  });
}
