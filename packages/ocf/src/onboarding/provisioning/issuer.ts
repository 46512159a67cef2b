import { type Clock, SelvageError } from '@selvage/core';
import {
  type Certificate,
  type CertificateAuthority,
  type CertificateProfile,
  encodePem,
  encodePemChain,
  namesEqual,
  serialText,
  type Validity,
} from '@selvage/pki';

/** A certificate as a device is given it. */
export interface IssuedPem {
  /** The chain without its root. */
  readonly pem: string;
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

/** Days that a certificate holds where nothing else is said. */
const usualDays = 365;
const day = 86_400_000;
/** Devices whose clocks are a little behind must not take a new certificate for one of tomorrow. */
const backdated = 3_600_000;

/** The owner's authority, as devices are given its certificates. */
export class CertificateIssuer {
  readonly #authority: CertificateAuthority;
  readonly #clock: Clock;
  #anchor: string | undefined;

  constructor(authority: CertificateAuthority, clock: Clock) {
    this.#authority = authority;
    this.#clock = clock;
  }

  /** The root, in PEM: what devices trust. */
  get anchor(): string {
    const root = this.#authority.chain.at(-1) ?? this.#authority.certificate.der;
    this.#anchor ??= encodePem('CERTIFICATE', root);
    return this.#anchor;
  }

  /**
   * Certifies the key of a request, in DER, which must prove that its sender has the key, and name the profile's device.
   * @throws SelvageError (rejects) as `CertificateAuthority.issueForRequest`.
   */
  async certify(profile: CertificateProfile, request: Uint8Array, days = usualDays): Promise<IssuedPem> {
    const validity = this.#validity(days);
    const { certificate, chain } = await this.#authority.issueForRequest(profile, { request, validity });
    return issuedPem(certificate, chain);
  }

  /** Whether a device that has this certificate needs no new one: it was issued here, and half its life is left. */
  isGood({ issuer, validity }: Certificate): boolean {
    const middle = (validity.notBefore + validity.notAfter) / 2;
    return namesEqual(issuer, this.#authority.certificate.subject) && this.#clock.wallTime() < middle;
  }

  /** Within the life of the authority: a certificate that outlives it is worth nothing. */
  #validity(days: number): Validity {
    const { notBefore, notAfter } = this.#authority.certificate.validity;
    const now = Math.floor(this.#clock.wallTime() / 1000) * 1000;
    if (now > notAfter) {
      throw new SelvageError('certificate-expired', "the certificate of the owner's authority has expired", {
        fault: 'caller',
        remedy: 'make a new authority, and have every device trust it',
      });
    }
    return {
      notBefore: Math.max(now - backdated, notBefore),
      notAfter: Math.min(now + days * day, notAfter),
    };
  }
}

function issuedPem(certificate: Certificate, chain: readonly Uint8Array[]): IssuedPem {
  const { notAfter } = certificate.validity;
  return { pem: encodePemChain(chain), serial: serialText(certificate), notAfter };
}
