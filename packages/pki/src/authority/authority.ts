import { bytesEqual, type Entropy, SelvageError, type Store } from '@selvage/core';
import type { CryptoCore, KeyHandle, KeyHome } from '@selvage/crypto';
import { type Certificate, readCertificate, serialText, type Validity } from '../certificate/certificate.js';
import { isSignedBy } from '../certificate/signed-by.js';
import { makeCertificate } from '../making/certificate.js';
import { makeCertificateList } from '../making/certificate-list.js';
import {
  authorityKeyIdentifierExtension,
  listNumberExtension,
  subjectKeyIdentifierExtension,
} from '../making/extensions.js';
import { makeName } from '../making/name.js';
import { publicKeyOfSigner, type Signer } from '../making/sign.js';
import { attributeTypes } from '../names/attribute-types.js';
import { namesEqual } from '../names/compare.js';
import { textsOf } from '../names/name.js';
import { type AttributeInput, nameText } from '../names/name-text.js';
import { deviceOf } from '../ocf/uuid.js';
import { openCertificateRequest } from '../request/certificate-request.js';
import type { CertificateList } from '../revocation/certificate-list.js';
import { type CertificateProfile, type GrantedRole, profileOf } from './profile.js';
import { authorityExtensions, contentsOf, type ProfileContents } from './profile-contents.js';
import { AuthorityRegister, integerContent, type IssuedRecord, type Revocation } from './register.js';
import { drawSerialNumber } from './serial-number.js';
import { requireValidity } from './validity.js';

/** What an authority works with. */
export interface AuthoritySetting {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** Where its private key lives, and the key: of the algorithm `ecdsa-p256`. */
  readonly keys: KeyHome;
  readonly key: KeyHandle;
  /** What it has issued and revoked; it must have the names `issued-…`, `revoked-…` and `list-number` to itself. */
  readonly store: Store;
}

/** A certificate as it is handed out. */
export interface IssuedCertificate {
  readonly certificate: Certificate;
  /** DER, the new certificate first, then its issuers, without the root: what a peer shows in TLS. */
  readonly chain: readonly Uint8Array[];
}

/** Bytes of a key identifier: a hash cut to 160 bits (RFC 7093 §2, method 1). */
const keyIdentifierLength = 20;

/**
 * A certificate authority: issues by profiles, revokes, and remembers both. Its private key is used through its handle
 * and never seen. What it acknowledges is durable in its store first. It reads no clock: times are arguments.
 */
export class CertificateAuthority {
  /** Its own certificate. */
  readonly certificate: Certificate;
  /** Its own certificate and those above it, up to the root and with it where it is known, DER. */
  readonly chain: readonly Uint8Array[];
  /** The same without the root, as peers show it above their own certificates. */
  readonly #above: readonly Uint8Array[];
  readonly #setting: AuthoritySetting;
  readonly #register: AuthorityRegister;

  /**
   * An authority whose certificate is there already.
   * @param chain its own certificate first, then those above it.
   * @throws SelvageError `bad-certificate` for bytes that are none, `invalid-argument` for one that is no authority's, and
   *   for a key of another certificate.
   */
  constructor(setting: AuthoritySetting, chain: readonly Uint8Array[]) {
    this.certificate = readCertificate(chain[0] ?? new Uint8Array(0));
    this.chain = chain;
    this.#above = chain.filter((der) => !isSelfIssued(readCertificate(der)));
    this.#setting = setting;
    this.#register = new AuthorityRegister(setting.store);
    requireOwnKey(this.certificate, setting);
    if (this.certificate.extensions.basicConstraints?.isAuthority !== true) {
      throw new SelvageError('invalid-argument', `${nameText(this.certificate.subject)} is no authority`);
    }
  }

  /**
   * Makes a root: an authority that certifies itself, with no limit to the authorities below it.
   * @throws SelvageError `invalid-argument`, `entropy-failed`, and as the key's home.
   */
  static async establish(
    setting: AuthoritySetting,
    { subject, validity }: { readonly subject: readonly AttributeInput[]; readonly validity: Validity },
  ): Promise<CertificateAuthority> {
    requireValidity(validity);
    const name = makeName(subject);
    const publicKey = publicKeyOfSigner(setting);
    const certificate = await makeCertificate(
      {
        serialNumber: drawSerialNumber(setting.entropy),
        issuer: name,
        validity,
        subject: name,
        publicKey,
        extensions: [...authorityExtensions(), subjectKeyIdentifierExtension(keyIdentifierOf(setting.core, publicKey))],
      },
      setting,
    );
    requireSound(setting.core, certificate, certificate);
    return new CertificateAuthority(setting, [certificate.der]);
  }

  /**
   * Issues a certificate for a public key, an uncompressed point of 65 bytes. Who the key belongs to is for the caller to
   * know; {@link issueForRequest} has it proved.
   * @throws SelvageError `invalid-argument` for what the profile or this authority does not allow, `invalid-point`,
   *   `entropy-failed`, `store-failed`, and as the key's home.
   */
  async issue(
    profile: CertificateProfile,
    { publicKey, validity }: { readonly publicKey: Uint8Array; readonly validity: Validity },
  ): Promise<IssuedCertificate> {
    const { core, entropy } = this.#setting;
    const contents = contentsOf(profile);
    requireValidity(validity, this.certificate.validity);
    requireNewKey(this.#setting, publicKey);
    if (profile.kind === 'intermediate') this.#requireRoomBelow(contents);
    if (profile.kind === 'role') this.#requireGranter(profile.roles);
    const certificate = await makeCertificate(
      {
        serialNumber: drawSerialNumber(entropy),
        issuer: this.certificate.subject,
        validity,
        subject: contents.subject,
        publicKey,
        extensions: [...contents.extensions, ...this.#keyIdentifiers(profile, publicKey)],
      },
      this.#setting,
    );
    requireSound(core, certificate, this.certificate);
    await this.#register.recordIssued(certificate);
    return { certificate, chain: [certificate.der, ...this.#above] };
  }

  /**
   * Issues a certificate for a request (RFC 2986), DER, whose sender proves to hold the key. The profile says what the
   * certificate says; a request that names another device than the profile is refused.
   * @throws SelvageError as {@link openCertificateRequest} and {@link issue}, `access-denied` for another device.
   */
  async issueForRequest(
    profile: CertificateProfile,
    { request, validity }: { readonly request: Uint8Array; readonly validity: Validity },
  ): Promise<IssuedCertificate> {
    const { subject, publicKey } = openCertificateRequest(this.#setting.core, request);
    const device = 'device' in profile ? profile.device : undefined;
    if (device !== undefined && deviceOf(subject) !== device) {
      throw new SelvageError('access-denied', `the request is of ${nameText(subject)}, not of device ${device}`, {
        remedy: 'ask that device for its request, after its UUID was set',
      });
    }
    return this.issue(profile, { publicKey, validity });
  }

  /**
   * Issues a certificate anew, with the same profile, for a new time; for the same key, or a new one that a request
   * proves. The old one holds until its end, unless it is revoked as superseded.
   * @throws SelvageError as {@link issue}, `unknown-ca` for one of another authority, `certificate-revoked`.
   */
  async renew(
    old: Certificate,
    { validity, request }: { readonly validity: Validity; readonly request?: Uint8Array | undefined },
  ): Promise<IssuedCertificate> {
    const serial = serialText(old);
    this.#requireOwn(old);
    if ((await this.#register.find(serial))?.revoked !== undefined) {
      throw new SelvageError('certificate-revoked', `certificate ${serial} was revoked, and cannot be renewed`);
    }
    const profile = profileOf(old);
    if (request !== undefined) return this.issueForRequest(profile, { request, validity });
    return this.issue(profile, { publicKey: old.publicKey?.publicKey ?? new Uint8Array(0), validity });
  }

  /**
   * Revokes a certificate that this authority issued. It is on the next list; one revoked before stays as it was.
   * @param serial in hexadecimal, as {@link serialText} and OpenSSL show it.
   * @throws SelvageError `key-not-found` where none was issued with that number, `store-failed`.
   */
  async revoke(serial: string, { at, reason }: Revocation): Promise<Revocation> {
    const known = serial.toLowerCase().replaceAll(':', '');
    if (/^[0-9a-f]+$/.test(known) && (await this.#register.find(known)) !== undefined) {
      return this.#register.recordRevoked(known, { at: Math.floor(at / 1000) * 1000, reason });
    }
    throw new SelvageError('key-not-found', `this authority issued no certificate ${JSON.stringify(serial)}`, {
      remedy: 'give the serial number as openssl x509 -noout -serial shows it',
    });
  }

  /**
   * Makes a new revocation list with all that was revoked so far.
   * @param nextUpdate when a newer one is there at the latest: who judges by this one stops trusting it then.
   * @throws SelvageError `invalid-argument`, `store-failed`, and as the key's home.
   */
  async revocationList({ thisUpdate, nextUpdate }: ListTimes): Promise<CertificateList> {
    requireValidity({ notBefore: thisUpdate, notAfter: nextUpdate });
    const number = await this.#register.nextListNumber();
    const list = await makeCertificateList(
      {
        issuer: this.certificate.subject,
        thisUpdate,
        nextUpdate,
        revoked: await this.#register.revoked(),
        extensions: [
          authorityKeyIdentifierExtension(this.#ownKeyIdentifier()),
          listNumberExtension(integerContent(number)),
        ],
      },
      this.#setting,
    );
    requireSound(this.#setting.core, list, this.certificate);
    return list;
  }

  /** All that it issued, those that end first in front. @throws SelvageError `store-failed`. */
  issued(): Promise<IssuedRecord[]> {
    return this.#register.issued();
  }

  /** One that it issued, by its serial number in hexadecimal. @throws SelvageError `store-failed`. */
  find(serial: string): Promise<IssuedRecord | undefined> {
    return this.#register.find(serial);
  }

  /** What ends before a moment and was not revoked: what is to be renewed. @throws SelvageError `store-failed`. */
  async expiring(before: number): Promise<IssuedRecord[]> {
    const all = await this.#register.issued();
    return all.filter(({ certificate, revoked }) => revoked === undefined && certificate.validity.notAfter < before);
  }

  #requireRoomBelow({ subject }: ProfileContents): void {
    const own = this.certificate;
    if (own.extensions.basicConstraints?.pathLength === 0) {
      throw new SelvageError('invalid-argument', `${nameText(own.subject)} may not have authorities below it`, {
        remedy: 'issue it with the root',
      });
    }
    // The reference takes an authority for self-issued when both names are of equal length, and refuses it.
    if (own.subject.der.length !== subject.der.length) return;
    throw new SelvageError('invalid-argument', 'the name of an authority must not be as long as that of its issuer', {
      details: { subject: nameText(subject), issuer: nameText(own.subject), bytes: subject.der.length },
      remedy: 'make it a character longer: IoTivity-Lite refuses names of equal length',
    });
  }

  /** A role without an authority is granted in the issuer's common name (OCF), which must be there then. */
  #requireGranter(roles: readonly GrantedRole[]): void {
    const { subject } = this.certificate;
    const isNamed = textsOf(subject, attributeTypes.CN).length > 0;
    if (isNamed || roles.every(({ authority }) => authority !== undefined)) return;
    throw new SelvageError(
      'invalid-argument',
      `a role needs an authority, for ${nameText(subject)} has no common name`,
    );
  }

  #requireOwn(certificate: Certificate): void {
    const isOurs = namesEqual(certificate.issuer, this.certificate.subject);
    if (isOurs && isSignedBy(this.#setting.core, certificate, this.certificate)) return;
    throw new SelvageError('unknown-ca', `${nameText(this.certificate.subject)} did not issue that certificate`, {
      fault: 'caller',
      remedy: `renew it with ${nameText(certificate.issuer)}`,
    });
  }

  /** Authorities are named by their key as well, others only point at the one who issued them: devices are small. */
  #keyIdentifiers(profile: CertificateProfile, publicKey: Uint8Array): ReturnType<typeof authorityExtensions> {
    const issuer = authorityKeyIdentifierExtension(this.#ownKeyIdentifier());
    if (profile.kind !== 'intermediate') return [issuer];
    return [subjectKeyIdentifierExtension(keyIdentifierOf(this.#setting.core, publicKey)), issuer];
  }

  #ownKeyIdentifier(): Uint8Array {
    const own = this.certificate.extensions.subjectKeyIdentifier;
    return own ?? keyIdentifierOf(this.#setting.core, publicKeyOfSigner(this.#setting));
  }
}

/** When a revocation list was made and is to be renewed; milliseconds since 1970, full seconds. */
export interface ListTimes {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return namesEqual(subject, issuer);
}

function requireOwnKey({ publicKey, subject }: Certificate, signer: Signer): void {
  const own = publicKeyOfSigner(signer);
  if (publicKey !== undefined && bytesEqual(publicKey.publicKey, own)) return;
  throw new SelvageError('invalid-argument', `the key is not that of ${nameText(subject)}`, {
    remedy: 'give the key that the certificate was made for',
  });
}

function requireNewKey({ core, ...signer }: AuthoritySetting, publicKey: Uint8Array): void {
  if (!core.p256.isPoint(publicKey)) {
    throw new SelvageError('invalid-point', 'the public key is no point of the curve P-256', { fault: 'caller' });
  }
  if (!bytesEqual(publicKey, publicKeyOfSigner(signer))) return;
  throw new SelvageError('invalid-argument', 'an authority does not give its own key to others');
}

/** A home that signs with another key, or wrongly, must not be noticed by a device first. */
function requireSound(core: CryptoCore, made: Parameters<typeof isSignedBy>[1], issuer: Certificate): void {
  if (isSignedBy(core, made, issuer)) return;
  throw new SelvageError(
    'key-operation-failed',
    'what the key home signed does not verify with the key of the authority',
  );
}

function keyIdentifierOf(core: CryptoCore, publicKey: Uint8Array): Uint8Array {
  return core.hash('sha256', publicKey).subarray(0, keyIdentifierLength);
}
