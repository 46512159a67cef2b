import { bytesEqual, type Clock, fromHex, SelvageError, toHex } from '@selvage/core';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import type { ChainVerdict } from '@selvage/dtls';
import {
  type Purpose,
  readCertificate,
  tlsClientPurpose,
  tlsServerPurpose,
  type TrustAnchor,
  verifyChain,
} from '@selvage/pki';
import { readCertificateFile } from './certificate-file.js';
import type { DtlsOptions } from './options.js';

type TrustOptions = Pick<DtlsOptions, 'ca' | 'peerCertificate'>;

/** What the peer's certificate must be for, by our role. */
const purposes = { client: tlsServerPurpose, server: tlsClientPurpose } as const satisfies Record<string, Purpose>;
/** Those that handshakes are signed with. */
const hashes = ['sha256', 'sha384', 'sha512'] as const;

/** Whether the options say whom to trust. */
export function trusts({ ca, peerCertificate }: TrustOptions): boolean {
  return ca !== undefined || peerCertificate !== undefined;
}

/**
 * The judge of the peer's chain: a certificate whose hash was given is trusted, and one that leads to an authority of
 * `--ca` (RFC 5280 §6) and is meant for the other role. It does not look at names, nor for revocation lists. Where
 * neither option is given every chain is refused, and the error says what to compare.
 * @param role ours.
 * @throws SelvageError `invalid-argument`, `file-not-found`, `invalid-value` for options that cannot be used.
 */
export function readTrust(
  role: 'client' | 'server',
  options: TrustOptions,
  clock: Clock,
): (chain: readonly Uint8Array[]) => ChainVerdict {
  const core = nativeCore;
  const pins = (options.peerCertificate ?? []).map(readPin);
  const anchors = options.ca === undefined ? [] : readAnchors(options.ca);
  return (chain) => {
    const leaf = chain[0] ?? new Uint8Array(0);
    if (pins.some((pin) => bytesEqual(pin, core.hash('sha256', leaf)))) return { accepted: true };
    if (anchors.length === 0) return { accepted: false, error: unknown(core, leaf, pins.length > 0) };
    const now = clock.wallTime();
    const judgement = verifyChain(chain, { core, anchors, now, purpose: purposes[role], hashes });
    return judgement.accepted ? judgement : { accepted: false, error: withFingerprint(core, judgement.error, leaf) };
  };
}

/** A certificate's name here: the hash of all of it. */
export function fingerprint(core: CryptoCore, certificate: Uint8Array): string {
  return `sha256:${toHex(core.hash('sha256', certificate))}`;
}

function readAnchors(path: string): TrustAnchor[] {
  return readCertificateFile('--ca', path).map((der) => {
    try {
      return { certificate: readCertificate(der) };
    } catch (cause) {
      throw new SelvageError('invalid-value', `--ca ${path} has a certificate that is not X.509 in DER`, {
        cause,
        fault: 'caller',
        remedy: 'have its issuer make it anew: openssl asn1parse -in … shows what is in it',
      });
    }
  });
}

/** What a person can do who knows better: the certificate by its hash. */
function withFingerprint(core: CryptoCore, error: SelvageError, leaf: Uint8Array): SelvageError {
  const certificate = fingerprint(core, leaf);
  return new SelvageError(error.code, error.message, {
    cause: error.cause,
    fault: error.fault,
    details: { ...error.details, certificate },
    remedy: error.remedy ?? `trust exactly this certificate, if you know it: --peer-certificate ${certificate}`,
  });
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
