import { fromHex, SelvageError, type Store } from '@selvage/core';
import { type Certificate, readCertificate, serialText } from '../certificate/certificate.js';
import type { RevokedCertificate } from '../revocation/certificate-list.js';
import { type RevocationReason, revocationReasons } from '../revocation/reasons.js';

/** A certificate that an authority issued, and what became of it. */
export interface IssuedRecord {
  /** In hexadecimal, as {@link serialText}. */
  readonly serial: string;
  readonly certificate: Certificate;
  readonly revoked: Revocation | undefined;
}

/** When and why a certificate was revoked. */
export interface Revocation {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: RevocationReason;
}

const [issuedPrefix, revokedPrefix, listNumberName] = ['issued-', 'revoked-', 'list-number'] as const;

/**
 * What an authority has issued and revoked, in a store: a value of its own for each, so that nothing is rewritten, and
 * each is durable before it is acknowledged.
 */
export class AuthorityRegister {
  readonly #store: Store;
  /** Numbers are given out one after the other. */
  #lastNumber: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  async recordIssued(certificate: Certificate): Promise<void> {
    await this.#store.put(issuedPrefix + serialText(certificate), certificate.der);
  }

  /** Records a revocation; one that was recorded before stays as it was, since lists tell of it already. */
  async recordRevoked(serial: string, revocation: Revocation): Promise<Revocation> {
    const before = await this.#revocation(serial);
    if (before !== undefined) return before;
    const value = JSON.stringify({ at: new Date(revocation.at).toISOString(), reason: revocation.reason });
    await this.#store.put(revokedPrefix + serial, new TextEncoder().encode(value));
    return revocation;
  }

  /** One certificate by its serial number in hexadecimal; `undefined` where none was issued with it. */
  async find(serial: string): Promise<IssuedRecord | undefined> {
    const der = await this.#store.get(issuedPrefix + serial);
    if (der === undefined) return undefined;
    return { serial, certificate: readCertificate(der), revoked: await this.#revocation(serial) };
  }

  /** All certificates, those that end first in front. */
  async issued(): Promise<IssuedRecord[]> {
    const records: IssuedRecord[] = [];
    for (const serial of await this.#serials(issuedPrefix)) {
      const record = await this.find(serial);
      if (record !== undefined) records.push(record);
    }
    return records.sort((a, b) => a.certificate.validity.notAfter - b.certificate.validity.notAfter);
  }

  /** All revocations as a list has them, in the order of their serial numbers. */
  async revoked(): Promise<RevokedCertificate[]> {
    const all: RevokedCertificate[] = [];
    for (const serial of (await this.#serials(revokedPrefix)).sort()) {
      const record = await this.find(serial);
      if (record?.revoked === undefined) continue;
      const { at, reason } = record.revoked;
      all.push({ serialNumber: record.certificate.serialNumber, revokedAt: at, reason });
    }
    return all;
  }

  /** The number of the next list: higher than every one before, also after a crash (RFC 5280 §5.2.3). */
  nextListNumber(): Promise<number> {
    const number = this.#lastNumber.catch(() => undefined).then(() => this.#takeNumber());
    this.#lastNumber = number;
    return number;
  }

  async #takeNumber(): Promise<number> {
    const before = await this.#store.get(listNumberName);
    const number = 1 + (before === undefined ? 0 : Number(new TextDecoder().decode(before)));
    if (!Number.isSafeInteger(number)) throw damaged(listNumberName);
    await this.#store.put(listNumberName, new TextEncoder().encode(`${number}`));
    return number;
  }

  async #revocation(serial: string): Promise<Revocation | undefined> {
    const value = await this.#store.get(revokedPrefix + serial);
    return value && readRevocation(serial, value);
  }

  async #serials(prefix: string): Promise<string[]> {
    const names = await this.#store.names();
    return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }
}

/** The content bytes of a positive INTEGER. */
export function integerContent(number: number): Uint8Array {
  const hex = number.toString(16);
  const bytes = fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
  return (bytes[0] as number) < 0x80 ? bytes : Uint8Array.of(0, ...bytes);
}

function readRevocation(serial: string, value: Uint8Array): Revocation {
  try {
    const { at, reason } = JSON.parse(new TextDecoder().decode(value)) as { at: string; reason: RevocationReason };
    const moment = Date.parse(at);
    if (Number.isFinite(moment) && Object.hasOwn(revocationReasons, reason)) return { at: moment, reason };
  } catch (cause) {
    throw damaged(revokedPrefix + serial, cause);
  }
  throw damaged(revokedPrefix + serial);
}

function damaged(name: string, cause?: unknown): SelvageError {
  return new SelvageError('store-failed', `the authority's record ${name} is damaged`, {
    cause,
    remedy: 'restore it from a backup: what an authority has revoked must not be forgotten',
  });
}
